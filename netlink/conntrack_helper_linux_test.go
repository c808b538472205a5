package netlink

import (
	"bytes"
	"net"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// userHelper is a request about the helper in user space that is named so, which keeps 8 bytes for a connection.
func userHelper(message, flags uint16, name string) *wire.Request {
	r := wire.NewRequest(uapi.NFNL_SUBSYS_CTHELPER<<8|message, flags)
	r.Protocol = uapi.NETLINK_NETFILTER
	m := uapi.Nfgenmsg{NfgenFamily: uapi.AF_INET, Version: uapi.NFNETLINK_V0}
	m.Put(r.Header(uapi.SizeofNfgenmsg))
	r.String(uapi.NFCTH_NAME, name)
	r.Nest(uapi.NFCTH_TUPLE | uapi.NLA_F_NESTED)
	r.BE16(uapi.NFCTH_TUPLE_L3PROTONUM, uapi.AF_INET)
	r.Uint8(uapi.NFCTH_TUPLE_L4PROTONUM, uapi.IPPROTO_TCP)
	r.End()
	r.Nest(uapi.NFCTH_POLICY | uapi.NLA_F_NESTED)
	r.BE32(uapi.NFCTH_POLICY_SET_NUM, 1)
	r.Nest(uapi.NFCTH_POLICY_SET | uapi.NLA_F_NESTED)
	r.String(uapi.NFCTH_POLICY_NAME, name)
	r.BE32(uapi.NFCTH_POLICY_EXPECT_MAX, 1)
	r.BE32(uapi.NFCTH_POLICY_EXPECT_TIMEOUT, 300)
	r.End()
	r.End()
	r.BE32(uapi.NFCTH_PRIV_DATA_LEN, 8)
	r.BE32(uapi.NFCTH_STATUS, uapi.NFCT_HELPER_STATUS_ENABLED)
	return r
}

// What a helper in user space keeps for a connection is given to the kernel with a new connection and in a change, and
// read from it in the length that the helper asked for.
func TestConntrackHelperInfo(t *testing.T) {
	h, err := NewHandleAt(nstest.New(t), uapi.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	const name = "kern-test" // helpers are the machine's, not the namespace's
	none := func() string { return name }
	nstest.NeedOption(t, "CONFIG_NF_CT_NETLINK_HELPER", "",
		h.exec(userHelper(uapi.NFNL_MSG_CTHELPER_NEW, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, name), "helper add", none))
	defer func() {
		if err := h.exec(userHelper(uapi.NFNL_MSG_CTHELPER_DEL, 0, name), "helper delete", none); err != nil {
			t.Error(err)
		}
	}()
	here, there := net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 2}
	flow := &ConntrackFlow{
		FamilyType: FAMILY_V4,
		Forward:    IPTuple{SrcIP: here, DstIP: there, SrcPort: 4000, DstPort: 21, Protocol: uapi.IPPROTO_TCP},
		Reverse:    IPTuple{SrcIP: there, DstIP: here, SrcPort: 21, DstPort: 4000, Protocol: uapi.IPPROTO_TCP},
		TimeOut:    1000, ProtoInfo: &ProtoInfoTCP{State: uapi.TCP_CONNTRACK_ESTABLISHED},
		Helper: name, HelperInfo: []byte{1, 2, 3, 4, 5, 6, 7, 8},
	}
	is := func(want ...byte) {
		t.Helper()
		got, err := h.ConntrackGet(flow)
		if err != nil {
			t.Fatal(err)
		}
		if got.Helper != name || !bytes.Equal(got.HelperInfo, want) {
			t.Errorf("helper %q with %v, want %v", got.Helper, got.HelperInfo, want)
		}
	}
	if err := h.ConntrackCreate(ConntrackTable, FAMILY_V4, flow); err != nil {
		t.Fatal(err)
	}
	is(1, 2, 3, 4, 5, 6, 7, 8)
	helper := name
	if err := h.ConntrackModify(flow, ConntrackChange{Helper: &helper, HelperInfo: []byte{9, 8, 7}}); err != nil {
		t.Fatal(err)
	}
	is(9, 8, 7, 0, 0, 0, 0, 0)
	if err := h.ConntrackDelete(ConntrackTable, FAMILY_V4, flow); err != nil {
		t.Fatal(err)
	}
}
