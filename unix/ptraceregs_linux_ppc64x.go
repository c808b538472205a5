//go:build linux && (ppc64 || ppc64le)

package unix

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Nip }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Nip = pc }
