package netlink

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// EmatchMeta compares what the kernel knows of a packet besides its bytes.
type EmatchMeta struct {
	Left, Right MetaValue
	Op          EmatchOp
}

// MetaValue is one side of an [EmatchMeta].
type MetaValue struct {
	ID     uint16 // TCF_META_ID_…, 0 for a value that is given
	Var    bool   // it is a text, not a number
	Shift  uint8  // a number is shifted to the right by this many bits, a text is cut by this many bytes
	Number uint64 // the value, or which bits of the number count, 0 for all
	Text   []byte // the value of a text
}

// What [MetaValue] has in ID: what the kernel knows of a packet, of its route, and of its socket.
const (
	TCF_META_ID_VALUE              = uapi.TCF_META_ID_VALUE
	TCF_META_ID_RANDOM             = uapi.TCF_META_ID_RANDOM
	TCF_META_ID_LOADAVG_0          = uapi.TCF_META_ID_LOADAVG_0
	TCF_META_ID_LOADAVG_1          = uapi.TCF_META_ID_LOADAVG_1
	TCF_META_ID_LOADAVG_2          = uapi.TCF_META_ID_LOADAVG_2
	TCF_META_ID_DEV                = uapi.TCF_META_ID_DEV
	TCF_META_ID_PRIORITY           = uapi.TCF_META_ID_PRIORITY
	TCF_META_ID_PROTOCOL           = uapi.TCF_META_ID_PROTOCOL
	TCF_META_ID_PKTTYPE            = uapi.TCF_META_ID_PKTTYPE
	TCF_META_ID_PKTLEN             = uapi.TCF_META_ID_PKTLEN
	TCF_META_ID_DATALEN            = uapi.TCF_META_ID_DATALEN
	TCF_META_ID_MACLEN             = uapi.TCF_META_ID_MACLEN
	TCF_META_ID_NFMARK             = uapi.TCF_META_ID_NFMARK
	TCF_META_ID_TCINDEX            = uapi.TCF_META_ID_TCINDEX
	TCF_META_ID_RTCLASSID          = uapi.TCF_META_ID_RTCLASSID
	TCF_META_ID_RTIIF              = uapi.TCF_META_ID_RTIIF
	TCF_META_ID_VLAN_TAG           = uapi.TCF_META_ID_VLAN_TAG
	TCF_META_ID_SK_FAMILY          = uapi.TCF_META_ID_SK_FAMILY
	TCF_META_ID_SK_STATE           = uapi.TCF_META_ID_SK_STATE
	TCF_META_ID_SK_REUSE           = uapi.TCF_META_ID_SK_REUSE
	TCF_META_ID_SK_BOUND_IF        = uapi.TCF_META_ID_SK_BOUND_IF
	TCF_META_ID_SK_REFCNT          = uapi.TCF_META_ID_SK_REFCNT
	TCF_META_ID_SK_SHUTDOWN        = uapi.TCF_META_ID_SK_SHUTDOWN
	TCF_META_ID_SK_PROTO           = uapi.TCF_META_ID_SK_PROTO
	TCF_META_ID_SK_TYPE            = uapi.TCF_META_ID_SK_TYPE
	TCF_META_ID_SK_RCVBUF          = uapi.TCF_META_ID_SK_RCVBUF
	TCF_META_ID_SK_RMEM_ALLOC      = uapi.TCF_META_ID_SK_RMEM_ALLOC
	TCF_META_ID_SK_WMEM_ALLOC      = uapi.TCF_META_ID_SK_WMEM_ALLOC
	TCF_META_ID_SK_OMEM_ALLOC      = uapi.TCF_META_ID_SK_OMEM_ALLOC
	TCF_META_ID_SK_WMEM_QUEUED     = uapi.TCF_META_ID_SK_WMEM_QUEUED
	TCF_META_ID_SK_SND_QLEN        = uapi.TCF_META_ID_SK_SND_QLEN
	TCF_META_ID_SK_RCV_QLEN        = uapi.TCF_META_ID_SK_RCV_QLEN
	TCF_META_ID_SK_ERR_QLEN        = uapi.TCF_META_ID_SK_ERR_QLEN
	TCF_META_ID_SK_FORWARD_ALLOCS  = uapi.TCF_META_ID_SK_FORWARD_ALLOCS
	TCF_META_ID_SK_SNDBUF          = uapi.TCF_META_ID_SK_SNDBUF
	TCF_META_ID_SK_ALLOCS          = uapi.TCF_META_ID_SK_ALLOCS
	TCF_META_ID_SK_HASH            = uapi.TCF_META_ID_SK_HASH
	TCF_META_ID_SK_LINGERTIME      = uapi.TCF_META_ID_SK_LINGERTIME
	TCF_META_ID_SK_ACK_BACKLOG     = uapi.TCF_META_ID_SK_ACK_BACKLOG
	TCF_META_ID_SK_MAX_ACK_BACKLOG = uapi.TCF_META_ID_SK_MAX_ACK_BACKLOG
	TCF_META_ID_SK_PRIO            = uapi.TCF_META_ID_SK_PRIO
	TCF_META_ID_SK_RCVLOWAT        = uapi.TCF_META_ID_SK_RCVLOWAT
	TCF_META_ID_SK_RCVTIMEO        = uapi.TCF_META_ID_SK_RCVTIMEO
	TCF_META_ID_SK_SNDTIMEO        = uapi.TCF_META_ID_SK_SNDTIMEO
	TCF_META_ID_SK_SENDMSG_OFF     = uapi.TCF_META_ID_SK_SENDMSG_OFF
	TCF_META_ID_SK_WRITE_PENDING   = uapi.TCF_META_ID_SK_WRITE_PENDING
	TCF_META_ID_RXHASH             = uapi.TCF_META_ID_RXHASH
)

func (*EmatchMeta) kind() uint16 { return uapi.TCF_EM_META }

// metaType is the lowest bit of the type among those of a kind.
const metaType = uapi.TCF_META_TYPE_MASK & -uapi.TCF_META_TYPE_MASK

func (v *MetaValue) wire() uapi.TcfMetaVal {
	typ := uint16(uapi.TCF_META_TYPE_INT)
	if v.Var {
		typ = uapi.TCF_META_TYPE_VAR
	}
	return uapi.TcfMetaVal{Kind: v.ID&uapi.TCF_META_ID_MASK | typ*metaType, Shift: v.Shift}
}

func (v *MetaValue) encode(e *wire.Encoder, typ uint16) {
	switch {
	case v.Var && v.ID == uapi.TCF_META_ID_VALUE:
		e.Data(typ, v.Text)
	case v.Var:
	case v.Number > math.MaxUint32:
		e.Uint64(typ, v.Number)
	default:
		e.Uint32(typ, uint32(v.Number))
	}
}

var errMetaType = errors.New("an extended match meta of an unknown type")

func (v *MetaValue) decode(w uapi.TcfMetaVal, b []byte) error {
	*v = MetaValue{ID: w.Kind & uapi.TCF_META_ID_MASK, Shift: w.Shift}
	switch w.Kind & uapi.TCF_META_TYPE_MASK / metaType {
	case uapi.TCF_META_TYPE_VAR:
		v.Var, v.Text = true, slices.Clone(b)
	case uapi.TCF_META_TYPE_INT:
		switch {
		case len(b) >= 8:
			v.Number = native.Uint64(b)
		case len(b) >= 4:
			v.Number = uint64(native.Uint32(b))
		}
	default:
		return errMetaType
	}
	return nil
}

func (m *EmatchMeta) encode() ([]byte, error) {
	var e wire.Encoder
	h := uapi.TcfMetaHdr{Left: m.Left.wire(), Right: m.Right.wire()}
	h.Left.Op = uint8(m.Op)
	e.Struct(uapi.TCA_EM_META_HDR, uapi.SizeofTcfMetaHdr, &h)
	m.Left.encode(&e, uapi.TCA_EM_META_LVALUE)
	m.Right.encode(&e, uapi.TCA_EM_META_RVALUE)
	return e.Bytes(), e.Err()
}

func (m *EmatchMeta) decode(b []byte) error {
	var h uapi.TcfMetaHdr
	var left, right []byte
	header := false
	d := wire.NewDecoder(b)
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_EM_META_HDR:
			header = len(d.Data()) >= uapi.SizeofTcfMetaHdr
			h.Decode(d.Data())
		case uapi.TCA_EM_META_LVALUE:
			left = d.Data()
		case uapi.TCA_EM_META_RVALUE:
			right = d.Data()
		}
	}
	if !header {
		return errEmatchShort
	}
	m.Op = EmatchOp(h.Left.Op)
	return errors.Join(d.Err(), m.Left.decode(h.Left, left), m.Right.decode(h.Right, right))
}

// metaName is what the kernel knows of a packet by its name.
type metaName struct {
	id   uint16
	name string
	text bool // it is a text, too
}

// metaNames has each name that is shown before the others of the same number.
var metaNames = []metaName{
	{uapi.TCF_META_ID_RANDOM, "random", false},
	{uapi.TCF_META_ID_LOADAVG_0, "loadavg_1", false},
	{uapi.TCF_META_ID_LOADAVG_1, "loadavg_5", false},
	{uapi.TCF_META_ID_LOADAVG_2, "loadavg_15", false},
	{uapi.TCF_META_ID_DEV, "dev", true},
	{uapi.TCF_META_ID_PRIORITY, "priority", false},
	{uapi.TCF_META_ID_PROTOCOL, "protocol", false},
	{uapi.TCF_META_ID_PKTTYPE, "pkt_type", false},
	{uapi.TCF_META_ID_PKTLEN, "pkt_len", false},
	{uapi.TCF_META_ID_DATALEN, "data_len", false},
	{uapi.TCF_META_ID_MACLEN, "mac_len", false},
	{uapi.TCF_META_ID_NFMARK, "nf_mark", false},
	{uapi.TCF_META_ID_NFMARK, "fwmark", false},
	{uapi.TCF_META_ID_TCINDEX, "tc_index", false},
	{uapi.TCF_META_ID_RTCLASSID, "rt_classid", false},
	{uapi.TCF_META_ID_RTIIF, "rt_iif", false},
	{uapi.TCF_META_ID_VLAN_TAG, "vlan", false},
	{uapi.TCF_META_ID_SK_FAMILY, "sk_family", false},
	{uapi.TCF_META_ID_SK_STATE, "sk_state", false},
	{uapi.TCF_META_ID_SK_REUSE, "sk_reuse", false},
	{uapi.TCF_META_ID_SK_BOUND_IF, "sk_bind_if", true},
	{uapi.TCF_META_ID_SK_REFCNT, "sk_refcnt", false},
	{uapi.TCF_META_ID_SK_SHUTDOWN, "sk_shutdown", false},
	{uapi.TCF_META_ID_SK_PROTO, "sk_proto", false},
	{uapi.TCF_META_ID_SK_TYPE, "sk_type", false},
	{uapi.TCF_META_ID_SK_RCVBUF, "sk_rcvbuf", false},
	{uapi.TCF_META_ID_SK_RMEM_ALLOC, "sk_rmem", false},
	{uapi.TCF_META_ID_SK_WMEM_ALLOC, "sk_wmem", false},
	{uapi.TCF_META_ID_SK_OMEM_ALLOC, "sk_omem", false},
	{uapi.TCF_META_ID_SK_WMEM_QUEUED, "sk_wmem_queue", false},
	{uapi.TCF_META_ID_SK_SND_QLEN, "sk_snd_queue", false},
	{uapi.TCF_META_ID_SK_RCV_QLEN, "sk_rcv_queue", false},
	{uapi.TCF_META_ID_SK_ERR_QLEN, "sk_err_queue", false},
	{uapi.TCF_META_ID_SK_FORWARD_ALLOCS, "sk_fwd_alloc", false},
	{uapi.TCF_META_ID_SK_SNDBUF, "sk_sndbuf", false},
	// tc has no words for these.
	{uapi.TCF_META_ID_SK_ALLOCS, "sk_allocs", false},
	{uapi.TCF_META_ID_SK_HASH, "sk_hash", false},
	{uapi.TCF_META_ID_SK_LINGERTIME, "sk_lingertime", false},
	{uapi.TCF_META_ID_SK_ACK_BACKLOG, "sk_ack_backlog", false},
	{uapi.TCF_META_ID_SK_MAX_ACK_BACKLOG, "sk_max_ack_backlog", false},
	{uapi.TCF_META_ID_SK_PRIO, "sk_prio", false},
	{uapi.TCF_META_ID_SK_RCVLOWAT, "sk_rcvlowat", false},
	{uapi.TCF_META_ID_SK_RCVTIMEO, "sk_rcvtimeo", false},
	{uapi.TCF_META_ID_SK_SNDTIMEO, "sk_sndtimeo", false},
	{uapi.TCF_META_ID_SK_SENDMSG_OFF, "sk_sendmsg_off", false},
	{uapi.TCF_META_ID_SK_WRITE_PENDING, "sk_write_pending", false},
	{uapi.TCF_META_ID_RXHASH, "rxhash", false},
}

func findMeta(is func(n metaName) bool) (metaName, bool) {
	i := slices.IndexFunc(metaNames, is)
	if i < 0 {
		return metaName{}, false
	}
	return metaNames[i], true
}

func metaByID(id uint16) (metaName, bool) {
	return findMeta(func(n metaName) bool { return n.id == id })
}

// readEmatchMeta takes OBJECT { eq | lt | gt } OBJECT.
func readEmatchMeta(a *ematchArgs) (EmatchKind, error) {
	if a.take("list") {
		names := make([]string, len(metaNames))
		for i, n := range metaNames {
			names[i] = n.name
		}
		return nil, fmt.Errorf("the names that it has are %s", strings.Join(names, ", "))
	}
	m := new(EmatchMeta)
	err := readMetaValue(a, &m.Left)
	if err == nil {
		m.Op, err = a.operator()
	}
	if err == nil {
		err = readMetaValue(a, &m.Right)
	}
	if err != nil || m.Left.Var == m.Right.Var {
		return m, err
	}
	number := &m.Left // the side that has to become a text
	if number.Var {
		number = &m.Right
	}
	if n, ok := metaByID(number.ID); !ok || !n.text {
		return nil, errors.New("one side is a text, the other one a number")
	}
	number.Var = true
	return m, nil
}

// readMetaValue takes a text in quotes, a number, or a name with what becomes of its value.
func readMetaValue(a *ematchArgs, v *MetaValue) error {
	word, quoted, err := a.word()
	if err != nil {
		return err
	}
	if quoted {
		v.Var, v.Text = true, []byte(word)
		return nil
	}
	if n, ok := ematchNumber(word); ok {
		v.Number = uint64(uint32(n))
		return nil
	}
	n, ok := findMeta(func(n metaName) bool { return n.name == word })
	if !ok {
		return fmt.Errorf("%q is no number and no name, meta(list) has those", word)
	}
	for v.ID = n.id; ; {
		switch {
		case a.take("shift"):
			shift, err := a.number("shift", math.MaxUint8)
			if err != nil {
				return err
			}
			v.Shift = uint8(shift)
		case a.take("mask"):
			mask, err := a.number("mask", math.MaxUint32)
			if err != nil {
				return err
			}
			v.Number = mask
		default:
			return nil
		}
	}
}

func textEmatchMeta(_ *ematchShow, k EmatchKind) string {
	m := k.(*EmatchMeta)
	return m.Left.text() + operatorText(m.Op, " ") + m.Right.text()
}

func (v *MetaValue) text() string {
	if v.ID == uapi.TCF_META_ID_VALUE {
		if !v.Var {
			return fmt.Sprint(int32(v.Number))
		}
		if !slices.ContainsFunc(v.Text, unprintable) {
			return string(v.Text)
		}
		return bytesText(v.Text)
	}
	text := fmt.Sprintf("[unknown meta id %d]", v.ID)
	if n, ok := metaByID(v.ID); ok {
		text = n.name
	}
	if v.Shift != 0 {
		text += fmt.Sprintf(" shift %d", v.Shift)
	}
	if v.Number != 0 {
		text += fmt.Sprintf(" mask 0x%08x", uint32(v.Number))
	}
	return text
}
