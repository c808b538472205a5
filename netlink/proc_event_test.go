package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// procMessage is a message of the connector about what happened, with numbers behind the header.
func procMessage(what uint32, numbers ...uint32) wire.Message {
	b := make([]byte, uapi.SizeofCnMsg+uapi.SizeofProcEvent)
	(&uapi.CnMsg{Id: uapi.CbId{Idx: CN_IDX_PROC, Val: CN_VAL_PROC}}).Put(b)
	(&uapi.ProcEvent{What: what, Cpu: 1, TimestampNs: 99}).Put(b[uapi.SizeofCnMsg:])
	for _, n := range numbers {
		b = native.AppendUint32(b, n)
	}
	return wire.Message{Type: uapi.NLMSG_DONE, Data: b}
}

func TestProcEventsDecode(t *testing.T) {
	for what, want := range map[uint32]ProcEventMsg{
		PROC_EVENT_FORK:     &ForkProcEvent{1, 2, 3, 4},
		PROC_EVENT_EXEC:     &ExecProcEvent{1, 2},
		PROC_EVENT_UID:      &IdProcEvent{1, 2, 3, 4},
		PROC_EVENT_GID:      &IdProcEvent{1, 2, 3, 4},
		PROC_EVENT_SID:      &SidProcEvent{1, 2},
		PROC_EVENT_PTRACE:   &PtraceProcEvent{1, 2, 3, 4},
		PROC_EVENT_COREDUMP: &CoredumpProcEvent{1, 2, 3, 4},
		PROC_EVENT_EXIT:     &ExitProcEvent{1, 2, 3, 4, 5, 6},
	} {
		e, ok, err := decodeProcEvent(procMessage(what, 1, 2, 3, 4, 5, 6))
		if !ok || err != nil || !reflect.DeepEqual(e.Msg, want) || e.CPU != 1 || e.Timestamp != 99 || e.What != what {
			t.Errorf("%#x: %+v, %v, %v, want %+v", what, e, ok, err, want)
		}
		if want.Pid() != 1 || want.Tgid() != 2 {
			t.Errorf("%#x: thread %d of process %d", what, want.Pid(), want.Tgid())
		}
	}
	comm, ok, err := decodeProcEvent(procMessage(PROC_EVENT_COMM, 1, 2))
	if m, is := comm.Msg.(*CommProcEvent); !is || !ok || err != nil || m.Pid() != 1 || m.Tgid() != 2 {
		t.Errorf("%+v, %v", comm, err)
	}
	if _, ok, err := decodeProcEvent(procMessage(PROC_EVENT_NONE, 0)); ok || err != nil {
		t.Errorf("an acknowledgement: %v, %v", ok, err)
	}
}

// What is left out here is what the kernel leaves out.
func TestProcEventsAreOfTheSortsAskedFor(t *testing.T) {
	exit := func(code uint32) *ProcEvent {
		return &ProcEvent{ProcEventHeader{What: PROC_EVENT_EXIT}, &ExitProcEvent{ExitCode: code}}
	}
	exec := &ProcEvent{ProcEventHeader{What: PROC_EVENT_EXEC}, &ExecProcEvent{}}
	for i, c := range []struct {
		event *ProcEvent
		bits  uint32
		want  bool
	}{
		{exec, PROC_EVENT_EXEC | PROC_EVENT_FORK, true},
		{exec, PROC_EVENT_EXIT | PROC_EVENT_NONZERO_EXIT, false},
		{exit(0), PROC_EVENT_EXIT, true},
		{exit(1), PROC_EVENT_EXIT, true},
		{exit(0), PROC_EVENT_NONZERO_EXIT, false},
		{exit(1), PROC_EVENT_NONZERO_EXIT, true},
		{exit(0), PROC_EVENT_NONZERO_EXIT | PROC_EVENT_EXIT, true},
		{exit(1), PROC_EVENT_COREDUMP, false},
	} {
		if got := c.event.isOneOf(c.bits); got != c.want {
			t.Errorf("%d: %+v is one of %#x: %v", i, c.event, c.bits, got)
		}
	}
}

func FuzzProcEventDecode(f *testing.F) {
	f.Add(procMessage(PROC_EVENT_EXIT, 1, 2, 3, 4, 5, 6).Data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, ok, _ := decodeProcEvent(wire.Message{Type: uapi.NLMSG_DONE, Data: data}); ok && e.Msg == nil {
			t.Error("an event without a message")
		}
	})
}

func FuzzGenlDecode(f *testing.F) {
	f.Add(attributesOf(func(e *wire.Encoder) {
		e.String(uapi.DEVLINK_ATTR_BUS_NAME, "pci")
		e.Nest(uapi.DEVLINK_ATTR_PARAM)
		e.Uint8(uapi.DEVLINK_ATTR_PARAM_TYPE, uapi.DEVLINK_VAR_ATTR_TYPE_FLAG)
		e.End()
		e.Nest(uapi.DEVLINK_ATTR_RESOURCE_LIST)
		e.Nest(uapi.DEVLINK_ATTR_RESOURCE)
		e.End()
		e.End()
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := wire.Message{Data: data}
		_, _, _ = genlFamilyDecoder(m)
		for _, decode := range []func(*wire.Decoder){
			new(DevlinkDevice).decode, new(DevlinkPort).decode, new(DevlinkResources).decode,
			func(d *wire.Decoder) { new(DevlinkParam).decode(d) },
			func(d *wire.Decoder) { _ = eachDevlinkVersion(d, func(uint16, string, string) {}) },
			func(d *wire.Decoder) { f := devlinkFormatter{}; f.read(d); f.value() },
			func(d *wire.Decoder) { decodeDevlinkChunks(d, new([]DevlinkChunk)) },
			func(d *wire.Decoder) { eachGenlPolicy(d, func(GenlPolicy) bool { return true }) },
			new(Fou).decode, new(PDP).decode, new(VDPADev).decode, new(VDPADevConfig).decode, new(VDPADevVStats).decode,
			new(VDPAMGMTDev).decode,
			new(RdmaPortStatistic).decode, func(d *wire.Decoder) { decodeRdmaLink(d, new(RdmaLink)) },
			func(d *wire.Decoder) { decodeRdmaResource(d, new(RdmaResource)) },
			func(d *wire.Decoder) { decodeRdmaPort(d, new(RdmaPort)) }, new(RdmaSystem).decode,
			func(d *wire.Decoder) { rdmaObjects(d, RdmaSRQ, func(RdmaObject) bool { return true }) },
			func(d *wire.Decoder) { _, _, _ = decodeRdmaEvent(wire.Message{Data: data}) },
		} {
			d := wire.NewDecoder(data)
			decode(&d)
		}
	})
}

func attributesOf(fill func(*wire.Encoder)) []byte {
	var e wire.Encoder
	fill(&e)
	return e.Bytes()
}
