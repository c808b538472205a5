package netlink

import "errors"

// They stand for numbers that Plan 9 has not.
var (
	errNoDevice = errors.New("no such device")
	errInvalid  = errors.New("invalid argument")
	errTooLong  = errors.New("numerical result out of range")
)

// bareErrno finds none: errors of Plan 9 are words.
func bareErrno(error) (error, bool) { return nil, false }
