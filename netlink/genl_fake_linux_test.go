package netlink

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// ackAll acknowledges everything.
func ackAll(request []byte) []nltest.Datagram {
	var all []nltest.Datagram
	for len(request) >= uapi.SizeofNlmsghdr {
		n := native.Uint32(request)
		if native.Uint16(request[6:])&uapi.NLM_F_ACK != 0 {
			all = append(all, nltest.Datagram{Data: nltest.Ack(request[:n], 0, nil)})
		}
		request = request[(n+3)&^3:]
	}
	return all
}

// attributes makes a payload of attributes, behind a header of n zero bytes.
func attributes(header int, fill func(*wire.Encoder)) []byte {
	var e wire.Encoder
	e.Raw(header)
	fill(&e)
	return e.Bytes()
}

// answerWith makes the answer of n objects to a request, or to a dump.
func answerWith(request []byte, typ uint16, objects ...[]byte) []nltest.Datagram {
	flags := native.Uint16(request[6:])
	multi := uint16(0)
	if flags&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP || len(objects) > 1 {
		multi = uapi.NLM_F_MULTI
	}
	var all []nltest.Datagram
	for _, b := range objects {
		all = append(all, nltest.Datagram{Data: nltest.Message(request, typ, multi, b)})
	}
	if multi != 0 {
		all = append(all, nltest.Datagram{Data: nltest.Done(request, 0, 0)})
	} else if flags&uapi.NLM_F_ACK != 0 {
		all = append(all, nltest.Datagram{Data: nltest.Ack(request, 0, nil)})
	}
	return all
}
