package uapi_test

import (
	"bytes"
	"reflect"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
)

func TestDecodeReadsWhatTheKernelSent(t *testing.T) {
	type message interface {
		Decode(b []byte)
		Put(b []byte)
	}
	for what, test := range map[string]struct {
		words   string
		m, want message
	}{
		// `ip link show lo` in a new namespace: header and body of RTM_NEWLINK.
		"header": {"5c050000 1000 0000 711d5869 05420000", &uapi.Nlmsghdr{},
			&uapi.Nlmsghdr{Len: 0x55c, Type: uapi.RTM_NEWLINK, Seq: 0x69581d71, Pid: 0x4205}},
		"link": {"=00 =00 0403 01000000 49000100 00000000", &uapi.Ifinfomsg{},
			&uapi.Ifinfomsg{Type: uapi.ARPHRD_LOOPBACK, Index: 1, Flags: uapi.IFF_UP | uapi.IFF_LOOPBACK | uapi.IFF_RUNNING |
				uapi.IFF_LOWER_UP}},
		// `ip addr show`: 127.0.0.1/8 of lo.
		"address": {"=02 =08 =80 =fe 01000000", &uapi.Ifaddrmsg{},
			&uapi.Ifaddrmsg{Family: uapi.AF_INET, Prefixlen: 8, Flags: uapi.IFA_F_PERMANENT, Scope: uapi.RT_SCOPE_HOST,
				Index: 1}},
		// `ip link add v0 type vxlan … srcport 100 200`: IFLA_VXLAN_PORT_RANGE, which is big-endian.
		"ports": {"=0064 =00c8", &uapi.IflaVxlanPortRange{}, &uapi.IflaVxlanPortRange{Low: 100, High: 200}},
	} {
		b := capture.Words(t, test.words)
		test.m.Decode(b)
		if !reflect.DeepEqual(test.m, test.want) {
			t.Errorf("%s: got %+v, want %+v", what, test.m, test.want)
		}
		out := make([]byte, len(b))
		test.want.Put(out)
		if !bytes.Equal(out, b) {
			t.Errorf("%s: put % x, want % x", what, out, b)
		}
	}
}
