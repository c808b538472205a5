package nl

import "kern.sys/netlink/wire"

// errDumpInterrupted is one type in all packages, so that one error matches the other.
type errDumpInterrupted = wire.DumpInterrupted

// ErrDumpInterrupted says that the kernel's table changed while it was read
// (NLM_F_DUMP_INTR): what came with it may lack something, or have something twice. It
// matches EINTR.
var ErrDumpInterrupted errDumpInterrupted
