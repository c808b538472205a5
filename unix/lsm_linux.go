package unix

import (
	"math"
	"unsafe"
)

// LsmContext is an attribute of a process that a security module keeps: LsmCtx and what is behind it.
type LsmContext struct {
	ID    uint64 // LSM_ID_…
	Flags uint64
	Value []byte // a text with a NUL at its end, for all modules so far
}

// LsmListModules is lsm_list_modules(2), Linux 6.8: the active security modules (LSM_ID_…), in their order.
func LsmListModules() ([]uint64, error) {
	ids := make([]uint64, 16)
	for {
		size := uint32(len(ids)) * 8
		n, err := lsmListModules(unsafe.Pointer(&ids[0]), &size, 0)
		if err == E2BIG && int(size/8) > len(ids) {
			ids = make([]uint64, size/8)
			continue
		}
		if err != nil {
			return nil, err
		}
		return ids[:n], nil
	}
}

// LsmGetSelfAttr is lsm_get_self_attr(2), Linux 6.8: the attribute (LSM_ATTR_CURRENT and so on) of the calling process
// at the module id, or at all that have it for LSM_ID_UNDEF. EOPNOTSUPP says that none has.
func LsmGetSelfAttr(attr uint, id uint64) ([]LsmContext, error) {
	words := make([]uint64, 64) // for the alignment
	flags := uint32(0)
	if id != LSM_ID_UNDEF {
		flags = LSM_FLAG_SINGLE
	}
	for {
		words[0] = id
		size := uint32(len(words)) * 8
		n, err := lsmGetSelfAttr(attr, unsafe.Pointer(&words[0]), &size, flags)
		if err == E2BIG && int(size) > len(words)*8 {
			words = make([]uint64, (size+7)/8)
			continue
		}
		if err != nil {
			return nil, err
		}
		return ParseLsmCtx(unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), min(int(size), len(words)*8)), n)
	}
}

// ParseLsmCtx reads n attributes as lsm_get_self_attr(2) stores them. Their values are parts of buf. EINVAL says that
// they are not whole.
func ParseLsmCtx(buf []byte, n int) ([]LsmContext, error) {
	var out []LsmContext
	for range n {
		var c LsmCtx
		if len(buf) < SizeofLsmCtx {
			return nil, EINVAL
		}
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&c)), SizeofLsmCtx), buf)
		if c.Len < SizeofLsmCtx || c.Len > uint64(len(buf)) || c.Ctx_len > c.Len-SizeofLsmCtx {
			return nil, EINVAL
		}
		end := SizeofLsmCtx + int(c.Ctx_len)
		out = append(out, LsmContext{c.Id, c.Flags, buf[SizeofLsmCtx:end:end]})
		buf = buf[c.Len:]
	}
	return out, nil
}

// LsmSetSelfAttr is lsm_set_self_attr(2), Linux 6.8: it gives the calling thread an attribute at the module ctx.ID.
func LsmSetSelfAttr(attr uint, ctx LsmContext, flags uint32) error {
	if len(ctx.Value) > math.MaxInt32-SizeofLsmCtx-8 {
		return E2BIG
	}
	size := SizeofLsmCtx + len(ctx.Value)
	words := make([]uint64, (size+7)/8) // for the alignment
	c := (*LsmCtx)(unsafe.Pointer(&words[0]))
	*c = LsmCtx{Id: ctx.ID, Flags: ctx.Flags, Len: uint64(8 * len(words)), Ctx_len: uint64(len(ctx.Value))}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(c)), size)[SizeofLsmCtx:], ctx.Value)
	return lsmSetSelfAttr(attr, unsafe.Pointer(c), uint32(8*len(words)), flags)
}
