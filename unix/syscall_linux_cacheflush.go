//go:build linux && (mips || mips64 || mips64le || mipsle)

package unix

// Cacheflush is cacheflush(2): it makes code that was stored at b visible to the processor: ICACHE, DCACHE or BCACHE
// for both.
//sys	Cacheflush(b []byte, cache int) (err error)
