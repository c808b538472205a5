package netlink

import (
	"errors"
	"fmt"
	"math"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// SocketFilter is a condition that the kernel checks of inet sockets, in its byte code (struct
// inet_diag_bc_op): made by [SocketAnd], [SocketOr], [SocketNot], [SocketSource] and its like.
type SocketFilter interface {
	// compile returns code that goes on behind its end where a socket is wanted, and four bytes further where not.
	compile() ([]byte, error)
}

// SocketAnd chooses sockets that all filters choose.
func SocketAnd(filters ...SocketFilter) SocketFilter { return socketAll(filters) }

// SocketOr chooses sockets that any of the filters chooses.
func SocketOr(filters ...SocketFilter) SocketFilter { return socketAny(filters) }

// SocketNot chooses sockets that the filter does not.
func SocketNot(filter SocketFilter) SocketFilter { return socketNot{filter} }

// SocketSource chooses sockets by their own address: ss src. A prefix of no bits is any address of its family,
// port -1 is any.
func SocketSource(prefix netip.Prefix, port int) SocketFilter {
	return socketHost{uapi.INET_DIAG_BC_S_COND, prefix, port}
}

// SocketDestination chooses sockets by the other end's address: ss dst.
func SocketDestination(prefix netip.Prefix, port int) SocketFilter {
	return socketHost{uapi.INET_DIAG_BC_D_COND, prefix, port}
}

// SocketSourcePorts chooses sockets by their own port, from low to high: ss sport.
func SocketSourcePorts(low, high uint16) SocketFilter {
	return socketAll{socketPort{uapi.INET_DIAG_BC_S_GE, low}, socketPort{uapi.INET_DIAG_BC_S_LE, high}}
}

// SocketDestinationPorts chooses sockets by the other end's port, from low to high: ss dport.
func SocketDestinationPorts(low, high uint16) SocketFilter {
	return socketAll{socketPort{uapi.INET_DIAG_BC_D_GE, low}, socketPort{uapi.INET_DIAG_BC_D_LE, high}}
}

// SocketDevice chooses sockets that are bound to a link: ss dev (Linux 4.11).
func SocketDevice(index int) SocketFilter {
	if index < 0 || index > math.MaxInt32 {
		return socketError{fmt.Errorf("link index %d is not within 0 and %d", index, math.MaxInt32)}
	}
	return socketLeaf{uapi.INET_DIAG_BC_DEV_COND, native.AppendUint32(nil, uint32(index))}
}

// SocketMark chooses sockets by the bits of their mark that are in mask: ss fwmark (Linux 4.14). It takes
// CAP_NET_ADMIN.
func SocketMark(mark, mask uint32) SocketFilter {
	return socketLeaf{uapi.INET_DIAG_BC_MARK_COND, native.AppendUint32(native.AppendUint32(nil, mark), mask)}
}

// SocketCgroup chooses sockets by the number of their cgroup: ss cgroup (Linux 5.9).
func SocketCgroup(id uint64) SocketFilter {
	b := make([]byte, 8)
	native.PutUint64(b, id)
	return socketLeaf{uapi.INET_DIAG_BC_CGROUP_COND, b}
}

// SocketAutobound chooses sockets whose port the kernel chose: ss autobound.
func SocketAutobound() SocketFilter { return socketLeaf{uapi.INET_DIAG_BC_AUTO, nil} }

// bcOp is the size of struct inet_diag_bc_op: u8 code, u8 yes, u16 no.
const bcOp = 4

// op returns an instruction that goes on behind its n bytes where its condition holds, and no bytes further where not.
func op(code uint8, n, no int) ([]byte, error) {
	if no > math.MaxUint16 {
		return nil, errors.New("socket filter: too long for the kernel")
	}
	b := make([]byte, n)
	b[0], b[1] = code, uint8(n)
	native.PutUint16(b[2:], uint16(no))
	return b, nil
}

type socketLeaf struct {
	code uint8
	data []byte
}

func (f socketLeaf) compile() ([]byte, error) {
	n := bcOp + len(f.data)
	b, err := op(f.code, n, n+bcOp)
	if err == nil {
		copy(b[bcOp:], f.data)
	}
	return b, err
}

// socketPort compares with a port, that is in the place of a second instruction's no.
type socketPort struct {
	code uint8
	port uint16
}

func (f socketPort) compile() ([]byte, error) {
	b, err := op(f.code, 2*bcOp, 3*bcOp)
	if err == nil {
		native.PutUint16(b[bcOp+2:], f.port)
	}
	return b, err
}

// socketHost compares with struct inet_diag_hostcond: u8 family, u8 prefix_len, int port, addr.
type socketHost struct {
	code   uint8
	prefix netip.Prefix
	port   int
}

func (f socketHost) compile() ([]byte, error) {
	if f.port < -1 || f.port > math.MaxUint16 {
		return nil, fmt.Errorf("socket filter: port %d is not within 0 and %d", f.port, math.MaxUint16)
	}
	const cond = 8
	addr := f.prefix.Addr()
	data := make([]byte, cond, cond+16)
	switch {
	case !f.prefix.IsValid() && addr.IsValid():
		return nil, fmt.Errorf("socket filter: invalid prefix of %s", addr)
	case addr.Is4():
		b := addr.As4()
		data[0] = uapi.AF_INET
		data = append(data, b[:]...)
	case addr.IsValid():
		b := addr.As16()
		data[0] = uapi.AF_INET6
		data = append(data, b[:]...)
	}
	data[1] = uint8(max(f.prefix.Bits(), 0))
	native.PutUint32(data[4:], uint32(int32(f.port)))
	return socketLeaf{f.code, data}.compile()
}

type socketError struct{ err error }

func (f socketError) compile() ([]byte, error) { return nil, f.err }

type socketAll []SocketFilter

func (fs socketAll) compile() ([]byte, error) {
	var all []byte
	for _, f := range fs {
		b, err := compileSocketFilter(f)
		if err != nil {
			return nil, err
		}
		if err := lengthen(all, len(b)); err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

// lengthen makes the jumps to the code for unwanted sockets n bytes longer.
func lengthen(code []byte, n int) error {
	for at := 0; at < len(code); at += int(code[at+1]) {
		no := int(native.Uint16(code[at+2:]))
		if at+no != len(code)+bcOp {
			continue
		}
		if no+n > math.MaxUint16 {
			return errors.New("socket filter: too long for the kernel")
		}
		native.PutUint16(code[at+2:], uint16(no+n))
	}
	return nil
}

type socketAny []SocketFilter

func (fs socketAny) compile() ([]byte, error) {
	if len(fs) == 0 {
		return socketNot{socketAll{}}.compile()
	}
	last, err := compileSocketFilter(fs[len(fs)-1])
	for i := len(fs) - 2; i >= 0 && err == nil; i-- {
		// Where the first is not content it leaves four bytes behind its end, which is behind the jump.
		var first, jump []byte
		if first, err = compileSocketFilter(fs[i]); err == nil {
			if jump, err = op(uapi.INET_DIAG_BC_JMP, bcOp, bcOp+len(last)); err == nil {
				last = append(append(first, jump...), last...)
			}
		}
	}
	return last, err
}

type socketNot struct{ filter SocketFilter }

func (f socketNot) compile() ([]byte, error) {
	b, err := compileSocketFilter(f.filter)
	if err != nil {
		return nil, err
	}
	jump, err := op(uapi.INET_DIAG_BC_JMP, bcOp, 2*bcOp)
	return append(b, jump...), err
}

// compileSocketFilter compiles a part; nil is a mistake.
func compileSocketFilter(f SocketFilter) ([]byte, error) {
	if f == nil {
		return nil, errors.New("socket filter: a part is nil")
	}
	return f.compile()
}
