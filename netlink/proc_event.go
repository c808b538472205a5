package netlink

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Numbers of the connector to processes (cn_proc).
const (
	CN_IDX_PROC          = uapi.CN_IDX_PROC
	CN_VAL_PROC          = uapi.CN_VAL_PROC
	PROC_CN_MCAST_LISTEN = uapi.PROC_CN_MCAST_LISTEN
)

// What happened to a process: [ProcEventHeader].What.
const (
	PROC_EVENT_NONE     = uapi.PROC_EVENT_NONE
	PROC_EVENT_FORK     = uapi.PROC_EVENT_FORK
	PROC_EVENT_EXEC     = uapi.PROC_EVENT_EXEC
	PROC_EVENT_UID      = uapi.PROC_EVENT_UID
	PROC_EVENT_GID      = uapi.PROC_EVENT_GID
	PROC_EVENT_SID      = uapi.PROC_EVENT_SID
	PROC_EVENT_PTRACE   = uapi.PROC_EVENT_PTRACE
	PROC_EVENT_COMM     = uapi.PROC_EVENT_COMM
	PROC_EVENT_COREDUMP = uapi.PROC_EVENT_COREDUMP
	PROC_EVENT_EXIT     = uapi.PROC_EVENT_EXIT

	// PROC_EVENT_NONZERO_EXIT asks for ends with an exit code other than 0, which come as PROC_EVENT_EXIT.
	PROC_EVENT_NONZERO_EXIT = uapi.PROC_EVENT_NONZERO_EXIT
)

// ProcEvent is something that happened to a process. Msg is what is particular to it.
type ProcEvent struct {
	ProcEventHeader
	Msg ProcEventMsg
}

// ProcEventHeader is the header of all events.
type ProcEventHeader struct {
	What      uint32 // PROC_EVENT_…
	CPU       uint32 // where it happened
	Timestamp uint64 // nanoseconds since the machine was started
}

// ProcEventMsg is an [ExitProcEvent] or another of the types named so, by its address. Numbers are those of
// the first PID namespace.
type ProcEventMsg interface {
	Pid() uint32  // the thread
	Tgid() uint32 // the process
}

// ForkProcEvent says that a process has made another one, or a thread.
type ForkProcEvent struct {
	ParentPid  uint32
	ParentTgid uint32
	ChildPid   uint32
	ChildTgid  uint32
}

// Pid returns the parent's thread.
func (e *ForkProcEvent) Pid() uint32 { return e.ParentPid }

// Tgid returns the parent.
func (e *ForkProcEvent) Tgid() uint32 { return e.ParentTgid }

// ExecProcEvent says that a process runs another program.
type ExecProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
}

// Pid returns the thread.
func (e *ExecProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *ExecProcEvent) Tgid() uint32 { return e.ProcessTgid }

// CommProcEvent says that a thread has another name.
type CommProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
	Comm        [16]byte // up to its first NUL
}

// Pid returns the thread.
func (e *CommProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *CommProcEvent) Tgid() uint32 { return e.ProcessTgid }

// ExitProcEvent says that a thread has ended.
type ExitProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
	ExitCode    uint32 // as of wait(2)
	ExitSignal  uint32 // what its parent gets
	ParentPid   uint32
	ParentTgid  uint32
}

// Pid returns the thread.
func (e *ExitProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *ExitProcEvent) Tgid() uint32 { return e.ProcessTgid }

// IdProcEvent says that a thread has another user (PROC_EVENT_UID) or group (PROC_EVENT_GID).
type IdProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
	Real        uint32
	Effective   uint32
}

// Pid returns the thread.
func (e *IdProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *IdProcEvent) Tgid() uint32 { return e.ProcessTgid }

// SidProcEvent says that a process has begun a session.
type SidProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
}

// Pid returns the thread.
func (e *SidProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *SidProcEvent) Tgid() uint32 { return e.ProcessTgid }

// PtraceProcEvent says that a process is traced, or not any more: by 0.
type PtraceProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
	TracerPid   uint32
	TracerTgid  uint32
}

// Pid returns the thread.
func (e *PtraceProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *PtraceProcEvent) Tgid() uint32 { return e.ProcessTgid }

// CoredumpProcEvent says that a process dumps core.
type CoredumpProcEvent struct {
	ProcessPid  uint32
	ProcessTgid uint32
	ParentPid   uint32
	ParentTgid  uint32
}

// Pid returns the thread.
func (e *CoredumpProcEvent) Pid() uint32 { return e.ProcessPid }

// Tgid returns the process.
func (e *CoredumpProcEvent) Tgid() uint32 { return e.ProcessTgid }

// decodeProcEvent reads a message of the connector. The kernel answers the wish to listen with
// an event of no sort, which holds an error or none.
func decodeProcEvent(m wire.Message) (ProcEvent, bool, error) {
	var e ProcEvent
	var cn uapi.CnMsg
	var h uapi.ProcEvent
	cn.Decode(m.Data)
	if m.Type != uapi.NLMSG_DONE || cn.Id.Idx != uapi.CN_IDX_PROC || len(m.Data) < uapi.SizeofCnMsg+uapi.SizeofProcEvent {
		return e, false, nil
	}
	b := m.Data[uapi.SizeofCnMsg:]
	h.Decode(b)
	b = b[uapi.SizeofProcEvent:]
	e.ProcEventHeader = ProcEventHeader{What: h.What, CPU: h.Cpu, Timestamp: h.TimestampNs}
	switch h.What {
	case uapi.PROC_EVENT_NONE:
		if len(b) >= 4 {
			if errno := native.Uint32(b); errno != 0 {
				return e, false, kernelErrno(errno)
			}
		}
		return e, false, nil
	case uapi.PROC_EVENT_UID, uapi.PROC_EVENT_GID:
		var v uapi.IdProcEvent
		v.Decode(b)
		id := &IdProcEvent{ProcessPid: uint32(v.Pid), ProcessTgid: uint32(v.Tgid)}
		if len(b) >= uapi.SizeofIdProcEvent+8 {
			id.Real = native.Uint32(b[uapi.SizeofIdProcEvent:])
			id.Effective = native.Uint32(b[uapi.SizeofIdProcEvent+4:])
		}
		e.Msg = id
	default:
		e.Msg = decodeProcEventMsg(h.What, b)
	}
	return e, e.Msg != nil, nil
}

func decodeProcEventMsg(what uint32, b []byte) ProcEventMsg {
	switch what {
	case uapi.PROC_EVENT_FORK:
		var v uapi.ForkProcEvent
		v.Decode(b)
		return &ForkProcEvent{uint32(v.ParentPid), uint32(v.ParentTgid), uint32(v.ChildPid), uint32(v.ChildTgid)}
	case uapi.PROC_EVENT_EXEC:
		var v uapi.ExecProcEvent
		v.Decode(b)
		return &ExecProcEvent{uint32(v.Pid), uint32(v.Tgid)}
	case uapi.PROC_EVENT_SID:
		var v uapi.SidProcEvent
		v.Decode(b)
		return &SidProcEvent{uint32(v.Pid), uint32(v.Tgid)}
	case uapi.PROC_EVENT_PTRACE:
		var v uapi.PtraceProcEvent
		v.Decode(b)
		return &PtraceProcEvent{uint32(v.ProcessPid), uint32(v.ProcessTgid), uint32(v.TracerPid), uint32(v.TracerTgid)}
	case uapi.PROC_EVENT_COMM:
		var v uapi.CommProcEvent
		v.Decode(b)
		return &CommProcEvent{uint32(v.ProcessPid), uint32(v.ProcessTgid), v.Comm}
	case uapi.PROC_EVENT_COREDUMP:
		var v uapi.CoredumpProcEvent
		v.Decode(b)
		return &CoredumpProcEvent{uint32(v.ProcessPid), uint32(v.ProcessTgid), uint32(v.ParentPid), uint32(v.ParentTgid)}
	case uapi.PROC_EVENT_EXIT:
		var v uapi.ExitProcEvent
		v.Decode(b)
		return &ExitProcEvent{uint32(v.ProcessPid), uint32(v.ProcessTgid), v.ExitCode, v.ExitSignal, uint32(v.ParentPid),
			uint32(v.ParentTgid)}
	}
	return nil
}

// isOneOf reports whether an event is one of those that bits, PROC_EVENT_…, ask for.
func (e *ProcEvent) isOneOf(bits uint32) bool {
	if exit, is := e.Msg.(*ExitProcEvent); is && bits&uapi.PROC_EVENT_NONZERO_EXIT != 0 && exit.ExitCode != 0 {
		return true
	}
	return bits&e.What != 0
}

// procEventRequest is the message that asks for all events, or for no more.
func procEventRequest(op uint32) *wire.Request {
	const size = 4 // of the operation alone
	r, b := connectorRequest(size)
	native.PutUint32(b, op)
	return r
}

// procEventFilter is the message that asks for some events. The kernel ignores it before Linux 6.6.
func procEventFilter(bits uint32) *wire.Request {
	r, b := connectorRequest(uapi.SizeofProcInput)
	(&uapi.ProcInput{McastOp: uapi.PROC_CN_MCAST_LISTEN, EventType: bits}).Put(b)
	return r
}

// connectorRequest begins a message to the connector of processes, with size bytes to be filled.
func connectorRequest(size int) (*wire.Request, []byte) {
	r := wire.NewRequest(uapi.NLMSG_DONE, 0)
	r.Protocol = uapi.NETLINK_CONNECTOR
	b := r.Header(uapi.SizeofCnMsg + size)
	m := uapi.CnMsg{Id: uapi.CbId{Idx: uapi.CN_IDX_PROC, Val: uapi.CN_VAL_PROC}, Len: uint16(size)}
	m.Put(b)
	return r, b[uapi.SizeofCnMsg:]
}
