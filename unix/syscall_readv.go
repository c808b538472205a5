//go:build darwin || illumos || openbsd

package unix

//sys	preadvAt(fd int, iovs []Iovec, offset int64) (n int, err error) = preadv
//sys	pwritevAt(fd int, iovs []Iovec, offset int64) (n int, err error) = pwritev
//sys	readv(fd int, iovs []Iovec) (n int, err error)
//sys	writev(fd int, iovs []Iovec) (n int, err error)
