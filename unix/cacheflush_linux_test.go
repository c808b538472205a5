//go:build linux && (mips || mips64 || mips64le || mipsle)

package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestCacheflush(t *testing.T) {
	b := pages(t, 1)
	ok(t, unix.Cacheflush(b, unix.ICACHE))
	ok(t, unix.Cacheflush(b, unix.BCACHE))
}
