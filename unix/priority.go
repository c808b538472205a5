//go:build unix && !linux

package unix

// Getpriority is getpriority(2): a nice value, from -20 to 20. Where calls go through the C library, -1 is
// indistinguishable from a failure.
func Getpriority(which int, who int) (prio int, err error) {
	p, err := getpriority(which, who)
	return int(p), err
}
