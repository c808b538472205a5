package main

import (
	"reflect"
	"strings"

	"golang.org/x/sys/unix" // for constants only
)

// special are arguments of single functions, where those of their type would never be accepted or do harm. nil: none.
func special(name, param string, t reflect.Type) []candidate {
	numbers := func(ns ...int64) (list []candidate) {
		for _, n := range ns {
			if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr {
				list = append(list, given(t, uint64(n)))
			} else {
				list = append(list, given(t, n))
			}
		}
		return list
	}
	switch {
	case param == "trap": // a number of a system call that takes anything
		return numbers(unix.SYS_GETPPID, unix.SYS_GETUID, unix.SYS_LSEEK, unix.SYS_CLOSE, 1<<20)
	case name == "KeyctlString" && param == "cmd": // others return numbers, which it takes for lengths
		return numbers(unix.KEYCTL_DESCRIBE, unix.KEYCTL_GET_SECURITY, 1000, -1)
	case strings.HasPrefix(name, "Keyctl") && t.Kind() == reflect.Int: // but for -4 and -5, keyrings of the user
		return numbers(0, -1, -2, -3, 1, 2, 3, 11, 15, 21, 1<<30, -1<<31)
	case strings.HasPrefix(name, "Ioctl") && (param == "req" || param == "cmd"):
		// Requests of no more than an int: for others x/sys has too little memory in some functions, and what is beside it
		// is overwritten.
		list := numbers(unix.TIOCINQ, unix.TIOCOUTQ, unix.TIOCGPGRP, 0, 1, 2, 1<<31-1)
		if strings.HasSuffix(name, "Termios") {
			list = append(numbers(unix.TCGETS, unix.TCSETS), list...)
		}
		if strings.HasSuffix(name, "Winsize") {
			list = append(numbers(unix.TIOCGWINSZ, unix.TIOCSWINSZ), list...)
		}
		return list
	case param == "resource": // RLIMIT_CORE; without some of the others the next calls cannot be made
		return numbers(unix.RLIMIT_CORE, 100, -1)
	case name == "CloseRange": // nothing that this program itself needs
		return numbers(40, fdFile, fdDir, fdPacket, 130, 39)
	case name == "Ppoll" && param == "sigmask": // x/sys says that a mask has no bytes, and the kernel refuses any
		return []candidate{{label: "nil", make: func() reflect.Value { return reflect.Zero(t) }}}
	case name == "Dup2" || name == "Dup3":
		if param != "flags" {
			return numbers(fdFile, 40, fdStream, fdClosed, -1, 5)
		}
	}
	return nil
}
