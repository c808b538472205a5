//go:build linux && (mips || mips64 || mips64le || mipsle)

package unix

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Epc }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Epc = pc }
