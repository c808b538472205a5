package nl

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// NetlinkRequest is a message to the kernel.
type NetlinkRequest struct {
	unix.NlMsghdr
	Data    []NetlinkRequestData  // the family's header and attributes
	RawData []byte                // behind them
	Sockets map[int]*SocketHandle // by protocol; a socket is opened for a protocol without one

	// RetryInterrupted has a table that changes while it is read read again, at most ten times.
	RetryInterrupted bool
}

// lastSeq is the number of the last request.
var lastSeq atomic.Uint32

// NewNetlinkRequest returns a message of a type, with NLM_F_REQUEST and other flags (NLM_F_…).
func NewNetlinkRequest(proto, flags int) *NetlinkRequest {
	return &NetlinkRequest{NlMsghdr: unix.NlMsghdr{
		Len:   unix.SizeofNlMsghdr,
		Type:  uint16(proto),
		Flags: unix.NLM_F_REQUEST | uint16(flags),
		Seq:   lastSeq.Add(1),
	}}
}

// AddData adds a family's header or an attribute. It is serialized when the request is.
func (req *NetlinkRequest) AddData(data NetlinkRequestData) { req.Data = append(req.Data, data) }

// AddRawData adds bytes that stand behind all Data.
func (req *NetlinkRequest) AddRawData(data []byte) { req.RawData = append(req.RawData, data...) }

// Serialize returns the message as the kernel takes it, and sets Len.
func (req *NetlinkRequest) Serialize() []byte {
	b := make([]byte, unix.SizeofNlMsghdr)
	for _, data := range req.Data {
		b = append(b, data.Serialize()...)
	}
	b = append(b, req.RawData...)
	req.Len = uint32(len(b))
	native.PutUint32(b, req.Len)
	native.PutUint16(b[4:], req.Type)
	native.PutUint16(b[6:], req.Flags)
	native.PutUint32(b[8:], req.Seq)
	native.PutUint32(b[12:], req.Pid)
	return b
}

// Execute sends the request over a socket of the protocol sockType and returns the payloads of the
// answers, those of type resType unless that is zero. They end with an acknowledgement, the
// end of a table, or an answer without NLM_F_MULTI.
//
// Where the kernel refuses, the error is its number (a [syscall.Errno]), with the kernel's words behind
// it if the socket has extended acknowledgements: see [EnableErrorMessageReporting]. Where a table
// changed while it was read, [ErrDumpInterrupted] comes with what was read.
func (req *NetlinkRequest) Execute(sockType int, resType uint16) ([][]byte, error) {
	var answers [][]byte
	err := retry(req.RetryInterrupted, func() error {
		answers = nil
		return req.exchange(sockType, resType, func(msg []byte) bool {
			answers = append(answers, msg)
			return true
		})
	})
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return nil, err
	}
	return answers, err
}

// An interrupted dump is read again at once, and after pauses that double.
const (
	retries    = 10
	firstPause = 500 * time.Microsecond
)

// retry calls read, and calls it again where a dump was interrupted, if that is wanted.
func retry(wanted bool, read func() error) error {
	err := read()
	pause := time.Duration(0)
	for try := 1; wanted && try < retries && errors.Is(err, ErrDumpInterrupted); try++ {
		time.Sleep(pause)
		pause = max(2*pause, firstPause)
		err = read()
	}
	return err
}

// ExecuteIter is [NetlinkRequest.Execute] that calls f for each payload, until f returns false; the rest
// is read nevertheless. f must not use the same socket. With RetryInterrupted it is called after the
// last answer came.
func (req *NetlinkRequest) ExecuteIter(sockType int, resType uint16, f func(msg []byte) bool) error {
	if !req.RetryInterrupted {
		return req.exchange(sockType, resType, f)
	}
	answers, err := req.Execute(sockType, resType)
	for _, msg := range answers {
		if !f(msg) {
			break
		}
	}
	return err
}

// exchange sends the request once.
func (req *NetlinkRequest) exchange(sockType int, resType uint16, f func(msg []byte) bool) error {
	var s *NetlinkSocket
	if sh := req.Sockets[sockType]; sh != nil && sh.Socket != nil {
		s = sh.Socket
		req.Seq = atomic.AddUint32(&sh.Seq, 1)
		s.Lock()
		defer s.Unlock()
	} else {
		var err error
		if s, err = getNetlinkSocket(wire.Config{Protocol: sockType}); err != nil {
			return err
		}
		defer s.Close()
		s.s.SetSendTimeout(time.Duration(SocketTimeoutTv.Nano()))
		s.s.SetReceiveTimeout(time.Duration(SocketTimeoutTv.Nano()))
	}
	more := true
	return s.use(func() error {
		return s.s.Exchange(context.Background(), req.Serialize(), func(m wire.Message) bool {
			if resType != 0 && m.Type != resType {
				return true
			}
			more = more && f(m.Data)
			return m.Flags&unix.NLM_F_MULTI != 0
		})
	})
}
