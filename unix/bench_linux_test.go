package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func BenchmarkGetpid(b *testing.B) {
	b.Run("RawSyscall", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
		}
	})
	b.Run("Syscall", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = unix.Syscall(unix.SYS_GETPID, 0, 0, 0)
		}
	})
	b.Run("Getpid", func(b *testing.B) {
		for b.Loop() {
			_ = unix.Getpid()
		}
	})
}

func BenchmarkPipe(b *testing.B) {
	var p [2]int
	ok(b, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	buf := make([]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unix.Write(p[1], buf); err != nil {
			b.Fatal(err)
		}
		if _, err := unix.Read(p[0], buf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStat(b *testing.B) {
	var st unix.Stat_t
	b.ReportAllocs()
	for b.Loop() {
		if err := unix.Stat("/", &st); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecvmsg(b *testing.B) {
	for _, c := range []struct {
		name string
		recv func(fd int, p, oob []byte) error
	}{
		{"Recvmsg", func(fd int, p, oob []byte) error { _, _, _, _, err := unix.Recvmsg(fd, p, oob, 0); return err }},
		{"RecvmsgAny", func(fd int, p, oob []byte) error {
			var rsa unix.RawSockaddrAny
			_, _, _, err := unix.RecvmsgAny(fd, p, oob, 0, &rsa)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := socket(b, unix.AF_INET, unix.SOCK_DGRAM, 0)
			ok(b, unix.Bind(s, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
			to, err := unix.Getsockname(s)
			ok(b, err)
			p, oob := make([]byte, 64), make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				if err := unix.Sendto(s, p[:1], 0, to); err != nil {
					b.Fatal(err)
				}
				if err := c.recv(s, p, oob); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
