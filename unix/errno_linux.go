package unix

import (
	"sort"
	"syscall"
)

// ErrnoName returns the name of an error number, as "EPERM", or "".
func ErrnoName(e syscall.Errno) string {
	i := sort.Search(len(errorList), func(i int) bool { return errorList[i].num >= e })
	if i == len(errorList) || errorList[i].num != e {
		return ""
	}
	return errorList[i].name
}

// SignalName returns the name of a signal, as "SIGINT", or "".
func SignalName(s syscall.Signal) string {
	i := sort.Search(len(signalList), func(i int) bool { return signalList[i].num >= s })
	if i == len(signalList) || signalList[i].num != s {
		return ""
	}
	return signalList[i].name
}

// SignalNum returns the signal of a name, as "SIGINT", or 0.
func SignalNum(s string) syscall.Signal {
	for _, e := range signalList {
		if e.name == s {
			return e.num
		}
	}
	return 0
}
