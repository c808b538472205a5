//go:build linux && (riscv64 || loong64)

package unix

// Renameat is renameat(2), which this architecture never had by itself.
func Renameat(olddirfd int, oldpath string, newdirfd int, newpath string) (err error) {
	return Renameat2(olddirfd, oldpath, newdirfd, newpath, 0)
}
