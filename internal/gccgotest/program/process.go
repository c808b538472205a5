//go:build linux

package main

import (
	"os"

	"kern.sys/unix"
)

// process asks for what the process is and has, and for the time.
func process() {
	check("Getpid", unix.Getpid() == os.Getpid())
	check("Getuid and Getegid", unix.Getuid() == os.Getuid() && unix.Getegid() == os.Getegid())
	_, err := unix.Getgroups()
	check("Getgroups", err == nil, err)
	var limit, now unix.Rlimit
	check("Getrlimit", unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil)
	check("Setrlimit", unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Max: limit.Max}) == nil)
	err = unix.Getrlimit(unix.RLIMIT_CORE, &now)
	check("Getrlimit after Setrlimit", now.Cur == 0 && now.Max == limit.Max && err == nil, now, limit, err)

	page := uintptr(0)
	vector, err := unix.Auxv()
	for _, pair := range vector {
		if pair[0] == 6 { // AT_PAGESZ
			page = pair[1]
		}
	}
	check("Auxv", page == uintptr(os.Getpagesize()) && err == nil, vector, err)

	var ts unix.Timespec
	var ts64 unix.KernelTimespec
	err = unix.ClockGettime(unix.CLOCK_REALTIME, &ts)
	check("ClockGettime", ts.Sec > 1700000000 && err == nil, ts, err)
	err = unix.ClockGettime64(unix.CLOCK_REALTIME, &ts64)
	check("ClockGettime64", ts64.Sec >= int64(ts.Sec) && ts64.Sec < int64(ts.Sec)+600 && err == nil, ts64, err)

	var ends [2]int
	check("Pipe2", unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_NONBLOCK) == nil)
	n, err := unix.Read(ends[0], make([]byte, 1))
	check("Read of an empty pipe", n == -1 && err == unix.EAGAIN, n, err)

	id, err := unix.Semget(unix.IPC_PRIVATE, 2, 0o600)
	check("Semget", err == nil, err)
	_, err = unix.Semctl(id, 1, unix.SETVAL, 5)
	check("Semctl SETVAL", err == nil, err)
	value, err := unix.Semctl(id, 1, unix.GETVAL, 0)
	check("Semctl GETVAL", value == 5 && err == nil, value, err)
	_, err = unix.Semctl(id, 0, unix.IPC_RMID, 0)
	check("Semctl IPC_RMID", err == nil, err)
}
