package unix

// These two take their last argument second, for pairs of registers to be even without holes.

//sys	fadvise(fd int, advice int, offset int64, length int64) (err error) = SYS_FADVISE64_64
//sys	syncFileRange(fd int, flags int, off int64, n int64) (err error) = SYS_SYNC_FILE_RANGE2
