package ip

import (
	"encoding/binary"
	"runtime"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func xfrmUsage() string {
	return `
xfrm XFRM_OBJECT { COMMAND | help }
` + xfrmStateUsage() + xfrmPolicyUsage() + xfrmMonitorUsage() + `XFRM_OBJECT := state | policy | monitor
`
}

// runXfrm is about IPsec: states, policies and their notifications.
func runXfrm(c *cli.Command) error {
	if c.More() {
		for _, part := range []struct {
			words []string
			name  string
			usage func() string
			run   func(*cli.Command) error
		}{
			{[]string{"state", "sa"}, "state", xfrmStateUsage, runXfrmState},
			{[]string{"policy"}, "policy", xfrmPolicyUsage, runXfrmPolicy},
			{[]string{"monitor"}, "monitor", xfrmMonitorUsage, runXfrmMonitor},
		} {
			if c.TakeAbbr(part.words...) {
				c.Part(part.name, part.usage)
				return part.run(c)
			}
		}
	}
	return c.ShowUsage()
}

// xfrmRequest begins a request of IPsec with room for the structure before its attributes.
func xfrmRequest(typ uint16, header int) *wire.Request {
	r := wire.NewRequest(typ, 0)
	r.Protocol = uapi.NETLINK_XFRM
	r.Header(header)
	return r
}

// xfrmTail is the size of a structure that all architectures but one pad to eight bytes at its end. What
// follows it begins there.
func xfrmTail(size int) int {
	if runtime.GOARCH == "386" {
		return size - 4
	}
	return size
}

// xfrmAndByte is the size of such a structure and a byte behind it.
func xfrmAndByte(size int) int {
	if runtime.GOARCH == "386" {
		return size // the byte is where the padding is not
	}
	return size + 8
}

// putXfrm writes such a structure of a size, the first of a request.
func putXfrm(r *wire.Request, size int, v wire.Putter) {
	whole := make([]byte, size)
	v.Put(whole)
	copy(r.Bytes()[uapi.SizeofNlmsghdr:][:xfrmTail(size)], whole)
}

// decodeXfrm reads such a structure of a size at the beginning of b.
func decodeXfrm(b []byte, size int, v interface{ Decode([]byte) }) {
	v.Decode(b[:min(len(b), xfrmTail(size))])
}

// after is what follows the first n bytes.
func after(b []byte, n int) []byte { return b[min(n, len(b)):] }

// xfrmProtos are the protocols of states and what they are called.
var xfrmProtos = []struct {
	name  string
	proto uint8
}{
	{"esp", uapi.IPPROTO_ESP}, {"ah", uapi.IPPROTO_AH}, {"comp", uapi.IPPROTO_COMP},
	{"route2", uapi.IPPROTO_ROUTING}, {"hao", uapi.IPPROTO_DSTOPTS}, {"ipsec-any", uapi.IPPROTO_RAW},
}

// nextXfrmProto takes the name of a state's protocol.
func nextXfrmProto(c *cli.Command) (uint8, error) {
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	for _, p := range xfrmProtos {
		if p.name == word {
			return p.proto, nil
		}
	}
	return 0, desc.Wrong(word, "XFRM-PROTO value is invalid")
}

func xfrmProtoName(proto uint8) string {
	for _, p := range xfrmProtos {
		if p.proto == proto {
			return p.name
		}
	}
	return strconv.Itoa(int(proto))
}

func ofIPsec(proto uint8) bool {
	return proto == uapi.IPPROTO_ESP || proto == uapi.IPPROTO_AH || proto == uapi.IPPROTO_COMP
}

// ofMobility reports whether a protocol is one of Mobile IPv6.
func ofMobility(proto uint8) bool {
	return proto == uapi.IPPROTO_ROUTING || proto == uapi.IPPROTO_DSTOPTS
}

// xfrmModes are the modes by number.
var xfrmModes = []string{"transport", "tunnel", "ro", "in_trigger", "beet", "iptfs"}

// nextXfrmMode takes a mode, which may be abbreviated.
func nextXfrmMode(c *cli.Command, mode *uint8) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	for i, name := range xfrmModes {
		if strings.HasPrefix(name, word) && word != "" {
			*mode = uint8(i)
			return nil
		}
	}
	return desc.Wrong(word, "MODE value is invalid")
}

// xfrmSeq turns a number into one whose bytes are in network order, as ip has sequence numbers.
func xfrmSeq(n uint32) uint32 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return native.Uint32(b[:])
}

// missing is the error for a word that has to be there.
func missing(what string) error {
	return &desc.UsageError{Text: "Error: argument \"" + what + "\" is required"}
}

// required is the error for words without which nothing is done.
func required(what string) error {
	return cli.Exit(cli.StatusFailed, "Not enough information: %s", what)
}
