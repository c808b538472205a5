//go:build unix

package unix

import "syscall"

// What an error or a signal says in words, as Errno.Error and Signal.String return it, is in the tables of Go's
// package syscall, whose types these are.

// ErrnoName returns the name of an error number, as "EPERM", or "".
func ErrnoName(e syscall.Errno) string {
	for i := range errorList {
		if errorList[i].num == e {
			return errorList[i].name
		}
	}
	for i := range archErrorList {
		if archErrorList[i].num == e {
			return archErrorList[i].name
		}
	}
	return ""
}

// SignalName returns the name of a signal, as "SIGINT", or "".
func SignalName(s syscall.Signal) string {
	for i := range signalList {
		if signalList[i].num == s {
			return signalList[i].name
		}
	}
	for i := range archSignalList {
		if archSignalList[i].num == s {
			return archSignalList[i].name
		}
	}
	return ""
}

// SignalNum returns the signal of a name, as "SIGINT", or 0.
func SignalNum(s string) syscall.Signal {
	for i := range signalList {
		if signalList[i].name == s {
			return signalList[i].num
		}
	}
	for i := range archSignalList {
		if archSignalList[i].name == s {
			return archSignalList[i].num
		}
	}
	return 0
}
