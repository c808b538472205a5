package unix

import (
	"encoding/binary"
	"unsafe"
)

// SockaddrTIPC is an address of AF_TIPC.
type SockaddrTIPC struct {
	Scope int      // TIPC_NODE_SCOPE or TIPC_CLUSTER_SCOPE, only for Bind; negative to unbind
	Addr  TIPCAddr // [TIPCSocketAddr], [TIPCServiceRange] or [TIPCServiceName], by pointer
	raw   RawSockaddrTIPC
}

// TIPCAddr is the address in a [SockaddrTIPC].
type TIPCAddr interface {
	tipcAddrtype() uint8
	tipcAddr() [12]byte
}

func (sa *TIPCSocketAddr) tipcAddrtype() uint8   { return TIPC_SOCKET_ADDR }
func (sa *TIPCServiceRange) tipcAddrtype() uint8 { return TIPC_SERVICE_RANGE }
func (sa *TIPCServiceName) tipcAddrtype() uint8  { return TIPC_SERVICE_ADDR }

func (sa *TIPCSocketAddr) tipcAddr() [12]byte   { return threeWords(sa.Ref, sa.Node, 0) }
func (sa *TIPCServiceRange) tipcAddr() [12]byte { return threeWords(sa.Type, sa.Lower, sa.Upper) }
func (sa *TIPCServiceName) tipcAddr() [12]byte  { return threeWords(sa.Type, sa.Instance, sa.Domain) }

func threeWords(a, b, c uint32) (out [12]byte) {
	for i, v := range [...]uint32{a, b, c} {
		binary.NativeEndian.PutUint32(out[4*i:], v)
	}
	return out
}

func (sa *SockaddrTIPC) sockaddr() (unsafe.Pointer, uint32, error) {
	if sa.Addr == nil {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrTIPC{Family: AF_TIPC, Scope: int8(sa.Scope), Addrtype: sa.Addr.tipcAddrtype(),
		Addr: sa.Addr.tipcAddr()}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrTIPC, nil
}

func decodeTIPC(raw *RawSockaddrTIPC) (Sockaddr, error) {
	sa := &SockaddrTIPC{Scope: int(raw.Scope)}
	a, b, c := binary.NativeEndian.Uint32(raw.Addr[0:]), binary.NativeEndian.Uint32(raw.Addr[4:]),
		binary.NativeEndian.Uint32(raw.Addr[8:])
	switch raw.Addrtype {
	case TIPC_SERVICE_RANGE:
		sa.Addr = &TIPCServiceRange{Type: a, Lower: b, Upper: c}
	case TIPC_SERVICE_ADDR:
		sa.Addr = &TIPCServiceName{Type: a, Instance: b, Domain: c}
	case TIPC_SOCKET_ADDR:
		sa.Addr = &TIPCSocketAddr{Ref: a, Node: b}
	default:
		return nil, EINVAL
	}
	return sa, nil
}
