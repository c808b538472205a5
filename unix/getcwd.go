//go:build unix && !linux

package unix

import "bytes"

// Getcwd stores the path of the working folder and a NUL in buf, and returns how many bytes that is.
func Getcwd(buf []byte) (n int, err error) {
	if err := getcwd(buf); err != nil {
		return -1, err
	}
	n = bytes.IndexByte(buf, 0) + 1
	if n == 0 {
		return -1, ERANGE
	}
	return n, nil
}

// Getwd returns the path of the working folder.
func Getwd() (wd string, err error) {
	var buf [PathMax]byte
	n, err := Getcwd(buf[:])
	if err != nil {
		return "", err
	}
	if n <= 1 {
		return "", EINVAL
	}
	return string(buf[:n-1]), nil
}
