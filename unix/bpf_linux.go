package unix

import (
	"encoding/binary"
	"unsafe"
)

// BpfCommon is [Bpf] with BPF_COMMON_ATTRS, newer than Linux 7.0: common has room for the verifier's log and what
// else all commands take alike.
func BpfCommon(cmd int, attr unsafe.Pointer, size uintptr, common *BpfCommonAttr) (ret int, err error) {
	return bpfCommon(cmd|BPF_COMMON_ATTRS, attr, size, common, unsafe.Sizeof(*common))
}

// SetRegs stores the destination's and the source's register, which are halves of a byte in an order that depends on
// the architecture's.
func (insn *BpfInsn) SetRegs(dst, src uint8) {
	if dst, src = dst&0xf, src&0xf; binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		insn.Regs = dst<<4 | src
	} else {
		insn.Regs = src<<4 | dst
	}
}
