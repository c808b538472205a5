package netlink

import (
	"iter"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TIPCSocket is an AF_TIPC socket: a line of ss --tipc.
type TIPCSocket struct {
	Type   uint32 // SOCK_STREAM, SOCK_SEQPACKET, SOCK_RDM or SOCK_DGRAM
	State  uint8  // TCP_…: TCP_ESTABLISHED, TCP_LISTEN, TCP_CLOSE of one without a connection, and others
	Node   uint32 // the address of this node
	Ref    uint32 // the socket's number there
	UID    uint32
	INode  uint32
	Cookie [2]uint32 // the kernel's number, lower half first

	Published  bool // it has names, and no connection
	Connection *TIPCConnection
	Group      *TIPCGroup // that it is a member of

	ReceiveQueue, SendQueue      uint32
	LinkCongested, ConnCongested bool
	Dropped                      uint32 // messages
}

// TIPCConnection is the other end of a connected socket.
type TIPCConnection struct {
	Node, Socket   uint32
	Named          bool   // it was found by a name
	Type, Instance uint32 // the name
}

// TIPCGroup is a socket's membership of a group.
type TIPCGroup struct {
	ID, Instance            uint32
	Open                    bool // it can be sent to
	NodeScope, ClusterScope bool
	BroadcastNext           uint32 // the number of the next message to all
}

// TIPCSocketSeq gives the AF_TIPC sockets of the namespace one by one: ss --tipc -a (Linux 4.17). The
// last pair holds the error, if there is one.
func (h *Handle) TIPCSocketSeq() iter.Seq2[*TIPCSocket, error] {
	return seq(h, func() (*wire.Request, error) {
		r := diagRequest(uapi.SOCK_DIAG_BY_FAMILY)
		m := uapi.TipcSockDiagReq{SdiagFamily: uapi.AF_TIPC, TidiagStates: allStates}
		m.Put(r.Header(uapi.SizeofTipcSockDiagReq))
		return r, nil
	}, "tipc socket list", func(m wire.Message) (*TIPCSocket, bool, error) {
		t := new(TIPCSocket)
		found, err := t.decode(m.Data)
		return t, found && err == nil, err
	})
}

// TIPCSocketList returns the sockets of [Handle.TIPCSocketSeq].
func (h *Handle) TIPCSocketList() ([]*TIPCSocket, error) { return collect(h.TIPCSocketSeq()) }

// decode reads a message, which begins with attributes; found says that it is about a socket.
func (t *TIPCSocket) decode(b []byte) (found bool, err error) {
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.TIPC_NLA_SOCK {
			found = true
			d.Fail(t.attributes(d.Nested()))
		}
	}
	return found, d.Err()
}

func (t *TIPCSocket) attributes(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.TIPC_NLA_SOCK_ADDR:
			t.Node = d.Uint32()
		case uapi.TIPC_NLA_SOCK_REF:
			t.Ref = d.Uint32()
		case uapi.TIPC_NLA_SOCK_TYPE:
			t.Type = d.Uint32()
		case uapi.TIPC_NLA_SOCK_TIPC_STATE:
			t.State = uint8(d.Uint32())
		case uapi.TIPC_NLA_SOCK_UID:
			t.UID = d.Uint32()
		case uapi.TIPC_NLA_SOCK_INO:
			t.INode = d.Uint32()
		case uapi.TIPC_NLA_SOCK_COOKIE:
			if b := d.Data(); len(b) >= 8 {
				t.Cookie = [2]uint32{native.Uint32(b), native.Uint32(b[4:])}
			}
		case uapi.TIPC_NLA_SOCK_HAS_PUBL:
			t.Published = true
		case uapi.TIPC_NLA_SOCK_CON:
			t.Connection = new(TIPCConnection)
			d.Fail(t.Connection.decode(d.Nested()))
		case uapi.TIPC_NLA_SOCK_STAT:
			d.Fail(t.statistics(d.Nested()))
		case uapi.TIPC_NLA_SOCK_GROUP:
			t.Group = new(TIPCGroup)
			d.Fail(t.Group.decode(d.Nested()))
		}
	}
	return d.Err()
}

func (c *TIPCConnection) decode(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.TIPC_NLA_CON_NODE:
			c.Node = d.Uint32()
		case uapi.TIPC_NLA_CON_SOCK:
			c.Socket = d.Uint32()
		case uapi.TIPC_NLA_CON_FLAG:
			c.Named = true
		case uapi.TIPC_NLA_CON_TYPE:
			c.Type = d.Uint32()
		case uapi.TIPC_NLA_CON_INST:
			c.Instance = d.Uint32()
		}
	}
	return d.Err()
}

func (t *TIPCSocket) statistics(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.TIPC_NLA_SOCK_STAT_RCVQ:
			t.ReceiveQueue = d.Uint32()
		case uapi.TIPC_NLA_SOCK_STAT_SENDQ:
			t.SendQueue = d.Uint32()
		case uapi.TIPC_NLA_SOCK_STAT_LINK_CONG:
			t.LinkCongested = true
		case uapi.TIPC_NLA_SOCK_STAT_CONN_CONG:
			t.ConnCongested = true
		case uapi.TIPC_NLA_SOCK_STAT_DROP:
			t.Dropped = d.Uint32()
		}
	}
	return d.Err()
}

func (g *TIPCGroup) decode(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.TIPC_NLA_SOCK_GROUP_ID:
			g.ID = d.Uint32()
		case uapi.TIPC_NLA_SOCK_GROUP_INSTANCE:
			g.Instance = d.Uint32()
		case uapi.TIPC_NLA_SOCK_GROUP_OPEN:
			g.Open = true
		case uapi.TIPC_NLA_SOCK_GROUP_NODE_SCOPE:
			g.NodeScope = true
		case uapi.TIPC_NLA_SOCK_GROUP_CLUSTER_SCOPE:
			g.ClusterScope = true
		case uapi.TIPC_NLA_SOCK_GROUP_BC_SEND_NEXT:
			g.BroadcastNext = d.Uint32()
		}
	}
	return d.Err()
}
