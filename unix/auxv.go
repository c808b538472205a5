//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package unix

// Auxv returns what the kernel passed to the process when it started, as pairs of an AT_* key and a value; see
// getauxval(3).
func Auxv() ([][2]uintptr, error) {
	words := runtimeAuxv()
	if len(words) == 0 {
		return nil, ENOENT
	}
	pairs := make([][2]uintptr, len(words)/2)
	for i := range pairs {
		pairs[i] = [2]uintptr{words[2*i], words[2*i+1]}
	}
	return pairs, nil
}
