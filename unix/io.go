//go:build unix

package unix

// Read is read(2). To the race detector, what a goroutine did before it wrote comes before what another one does after
// it has read, through whichever descriptor.
func Read(fd int, p []byte) (n int, err error) {
	n, err = read(fd, p)
	if raceEnabled {
		raceFilled(p, n)
		if err == nil {
			raceAcquire()
		}
	}
	return n, err
}

// Write is write(2), and to the race detector what [Read] says.
func Write(fd int, p []byte) (n int, err error) {
	if raceEnabled {
		raceReleaseMerge()
	}
	n, err = write(fd, p)
	if raceEnabled {
		raceTaken(p, n)
	}
	return n, err
}

// Pread is pread(2).
func Pread(fd int, p []byte, offset int64) (n int, err error) { return pread(fd, p, offset) }

// Pwrite is pwrite(2).
func Pwrite(fd int, p []byte, offset int64) (n int, err error) { return pwrite(fd, p, offset) }
