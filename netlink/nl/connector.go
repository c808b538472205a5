package nl

// CnMsgOp is a message of the connector (NETLINK_CONNECTOR) about events of processes: its header and
// one word, an operation (PROC_CN_MCAST_…).
type CnMsgOp struct {
	CnMsg
	Op uint32
}

// NewCnMsg returns the message of an operation for the connector's user idx, val.
func NewCnMsg(idx, val, op uint32) *CnMsgOp {
	return &CnMsgOp{CnMsg: CnMsg{ID: CbID{Idx: idx, Val: val}, Seq: 1, Length: 4}, Op: op}
}

// Len returns the message's length in bytes.
func (msg *CnMsgOp) Len() int { return SizeofCnMsgOp }

// Serialize returns the message as the kernel takes it.
func (msg *CnMsgOp) Serialize() []byte {
	b := make([]byte, SizeofCnMsgOp)
	msg.put(b)
	native.PutUint32(b[SizeofCnMsgOp-4:], msg.Op)
	return b
}

// DeserializeCnMsgOp reads the message that b begins with; what a short b lacks is zero.
func DeserializeCnMsgOp(b []byte) *CnMsgOp {
	b = padded(b, SizeofCnMsgOp)
	msg := new(CnMsgOp)
	msg.decode(b)
	msg.Op = native.Uint32(b[SizeofCnMsgOp-4:])
	return msg
}
