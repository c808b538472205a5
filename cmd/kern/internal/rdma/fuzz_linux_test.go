package rdma

import (
	"encoding/json"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// fuzzed are commands that show what the kernel answers.
var fuzzed = []string{
	"-d dev show mlx5_0", "-d link show mlx5_0/1", "system", "resource show mlx5_0", "-dd res show qp lqpn 1-9",
	"-dd res show cm_id src-addr 1.2.3.4 src-port 5", "-dd res show cq", "-r res show mr", "-dd res show mr",
	"res show pd",
	"res show ctx", "res show srq lqpn 1-3", "-d res show frmr_pools ats 1", "statistic", "stat show mr",
	"stat mode supported",
	"stat qp show", "stat qp mode",
}

// FuzzShow has the kernel answer with any bytes at all: there is no panic, and JSON is valid.
func FuzzShow(f *testing.F) {
	for i, line := range fuzzed {
		// The seed is what the answer was recorded of.
		k := fakeKernel()
		real := k.Answer
		k.Answer = func(request []byte) []nltest.Datagram {
			all := real(request)
			if uint8(native.Uint16(request[4:])) != uapi.RDMA_NLDEV_CMD_GET || i == 0 {
				f.Add(uint8(i), all[0].Data[min(uapi.SizeofNlmsghdr, len(all[0].Data)):])
			}
			return all
		}
		k.Kern(f, line)
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		line := fuzzed[int(which)%len(fuzzed)]
		k := &clitest.FakeKernel{Answer: func(request []byte) []nltest.Datagram {
			typ := native.Uint16(request[4:])
			if uint8(typ) == uapi.RDMA_NLDEV_CMD_GET && native.Uint16(request[6:])&uapi.NLM_F_DUMP != 0 {
				return answer(request)
			}
			return clitest.Answers(request, typ, [][]byte{data}, 0)
		}}
		k.Kern(t, line)
		r, _ := k.Kern(t, "-j "+line)
		if r.Code == 0 && !json.Valid([]byte(r.Out)) {
			t.Errorf("%s, %x: no JSON: %s", line, data, r.Out)
		}
	})
}

// FuzzEvent is the same for events.
func FuzzEvent(f *testing.F) {
	f.Add(payload(func(e *wire.Encoder) {
		names(e, mlx)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 1)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_NDEV_INDEX, 3)
		e.String(uapi.RDMA_NLDEV_ATTR_NDEV_NAME, "d0")
		e.Uint8(uapi.RDMA_NLDEV_ATTR_EVENT_TYPE, uapi.RDMA_NETDEV_ATTACH_EVENT)
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out strings.Builder
		s := cli.NewSession(Program(), nil, &out, &out)
		defer s.Close()
		s.JSON = true
		s.Configure()
		s.Out.Array("")
		showEvent(s.Out, desc.ParseAttrs(data))
		s.Out.EndArray()
		if b := s.Out.Bytes(); !json.Valid(b) {
			t.Errorf("%x: no JSON: %s", data, b)
		}
	})
}
