package unix

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Pc }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Pc = pc }
