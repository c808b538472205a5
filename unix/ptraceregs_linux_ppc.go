package unix

// PC returns the program counter.
func (r *PtraceRegs) PC() uint32 { return r.Nip }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint32) { r.Nip = pc }
