package uapi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
)

// message is what every structure of the package is.
type message interface {
	Decode(b []byte)
	Put(b []byte)
}

// fresh returns an empty message of the same type.
func fresh(m message) message { return reflect.New(reflect.TypeOf(m).Elem()).Interface().(message) }

func TestDecodeReadsWhatTheKernelSent(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes are from a little-endian kernel")
	}
	for what, test := range map[string]struct {
		b    string
		m    message
		want message
	}{
		// `ip link show lo` in a new namespace: header and body of RTM_NEWLINK.
		"header": {"\x5c\x05\x00\x00\x10\x00\x00\x00\x71\x1d\x58\x69\x05\x42\x00\x00", &Nlmsghdr{},
			&Nlmsghdr{Len: 0x55c, Type: RTM_NEWLINK, Seq: 0x69581d71, Pid: 0x4205}},
		"link": {"\x00\x00\x04\x03\x01\x00\x00\x00\x49\x00\x01\x00\x00\x00\x00\x00", &Ifinfomsg{},
			&Ifinfomsg{Type: ARPHRD_LOOPBACK, Index: 1, Flags: IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP}},
		// `ip addr show`: 127.0.0.1/8 of lo.
		"address": {"\x02\x08\x80\xfe\x01\x00\x00\x00", &Ifaddrmsg{},
			&Ifaddrmsg{Family: AF_INET, Prefixlen: 8, Flags: IFA_F_PERMANENT, Scope: RT_SCOPE_HOST, Index: 1}},
		// `ip link add v0 type vxlan … srcport 100 200`: IFLA_VXLAN_PORT_RANGE, which is big-endian.
		"ports": {"\x00\x64\x00\xc8", &IflaVxlanPortRange{}, &IflaVxlanPortRange{Low: 100, High: 200}},
	} {
		test.m.Decode([]byte(test.b))
		if !reflect.DeepEqual(test.m, test.want) {
			t.Errorf("%s: got %+v, want %+v", what, test.m, test.want)
		}
		out := make([]byte, len(test.b))
		test.want.Put(out)
		if string(out) != test.b {
			t.Errorf("%s: put % x, want % x", what, out, test.b)
		}
	}
}

// pattern returns n bytes that all differ from their neighbours and from zero.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i%255 + 1)
	}
	return b
}

func TestEveryStructure(t *testing.T) {
	for _, m := range messages {
		t.Run(fmt.Sprintf("%T", m.message), func(t *testing.T) {
			whole := pattern(m.size)
			full := fresh(m.message)
			full.Decode(whole)

			long := fresh(m.message)
			long.Decode(append(bytes.Clone(whole), 0xff, 0xff))
			if !reflect.DeepEqual(long, full) {
				t.Errorf("more bytes than it has make %+v of %+v", long, full)
			}
			for n := range whole {
				short, padded := fresh(m.message), fresh(m.message)
				short.Decode(whole[:n:n])
				padded.Decode(append(bytes.Clone(whole[:n]), make([]byte, m.size-n)...))
				if !reflect.DeepEqual(short, padded) {
					t.Errorf("%d bytes are %+v, with zeros after them %+v", n, short, padded)
				}
			}
			out := bytes.Repeat([]byte{0xff}, m.size+1)
			full.Put(out)
			for i, b := range out[:m.size] {
				if b != whole[i] && b != 0 {
					t.Errorf("byte %d was %#x, is %#x: neither the field's nor zero", i, whole[i], b)
				}
			}
			if out[m.size] != 0xff {
				t.Error("Put writes more than its size")
			}
			again := fresh(m.message)
			again.Decode(out)
			if !reflect.DeepEqual(again, full) {
				t.Errorf("%+v was put and read as %+v", full, again)
			}
			zero := reflect.ValueOf(full).Elem()
			for i := range zero.NumField() {
				if zero.Field(i).IsZero() {
					t.Errorf("field %s is not read", zero.Type().Field(i).Name)
				}
			}
		})
	}
}
