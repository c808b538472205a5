//go:build linux && !arm && !ppc && !ppc64 && !ppc64le

package unix

//sys	SyncFileRange(fd int, off int64, n int64, flags int) (err error)
