//go:build linux && (386 || arm || mips || mipsle || ppc)

package unix

import "unsafe"

// ioGetevents is ioPgetevents, as io_getevents(2) has times of 32 bits.
func ioGetevents(ctx AioContext_t, min int, n int, events unsafe.Pointer, timeout *KernelTimespec) (done int,
	err error) {
	return ioPgetevents(ctx, min, n, events, timeout, nil)
}
