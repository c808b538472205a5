package netlink

import (
	"errors"
	"fmt"

	"kern.sys/netlink/nl"
)

// They stand for numbers that Plan 9 has not.
var (
	errNoDevice = errors.New("no such device")
	errInvalid  = errors.New("invalid argument")
	errTooLong  = errors.New("numerical result out of range")
	errNotThere = errors.New("no such file or directory")
)

// kernelErrno is the error of a number of Linux.
func kernelErrno(n uint32) error { return fmt.Errorf("errno %d", n) }

// bareErrno finds none: errors of Plan 9 are words.
func bareErrno(error) (error, bool) { return nil, false }

// ipsetNumber finds none.
func ipsetNumber(error) (nl.IPSetError, bool) { return 0, false }
