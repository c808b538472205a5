package unix_test

import (
	"fmt"
	"testing"

	"kern.sys/unix"
)

// receivers are the ways to receive control messages without data.
var receivers = map[string]func(fd int, oob []byte, flags int) (n, oobn int, err error){
	"Recvmsg, nil": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, _, err := unix.Recvmsg(fd, nil, oob, flags)
		return n, oobn, err
	},
	"Recvmsg, empty": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, _, err := unix.Recvmsg(fd, []byte{}, oob, flags)
		return n, oobn, err
	},
	"RecvmsgAny": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, err := unix.RecvmsgAny(fd, nil, oob, flags, nil)
		return n, oobn, err
	},
	"RecvmsgBuffers, none": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, _, err := unix.RecvmsgBuffers(fd, nil, oob, flags)
		return n, oobn, err
	},
	"RecvmsgBuffers, empty": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, _, err := unix.RecvmsgBuffers(fd, [][]byte{nil, {}, make([]byte, 0, 8)}, oob, flags)
		return n, oobn, err
	},
	"RecvmsgBuffersAny": func(fd int, oob []byte, flags int) (int, int, error) {
		n, oobn, _, err := unix.RecvmsgBuffersAny(fd, [][]byte{{}}, oob, flags, nil)
		return n, oobn, err
	},
}

// Who reads control messages only sees a byte without them as one byte, and only the end of the stream as none.
func TestReceiveWithoutData(t *testing.T) {
	onKernel(t, "control messages")
	rights := unix.UnixRights(0)
	for typ, name := range map[int]string{unix.SOCK_STREAM: "stream", unix.SOCK_SEQPACKET: "seqpacket",
		unix.SOCK_DGRAM: "datagram"} {
		for how, receive := range receivers {
			t.Run(fmt.Sprintf("%s, %s", name, how), func(t *testing.T) {
				a, b := pair(t, typ)
				oob := make([]byte, 64)
				carrier := 1
				if typ == unix.SOCK_DGRAM {
					carrier = 0 // goes without a byte
				}
				expect := func(what string, flags, wantN, wantOob int) {
					t.Helper()
					n, oobn, err := receive(b, oob, flags|unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
					if n != wantN || oobn != wantOob || err != nil {
						t.Errorf("%s: %d, %d, %v; want %d, %d", what, n, oobn, err, wantN, wantOob)
					}
					if oobn > 0 {
						msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
						ok(t, err)
						fds, err := unix.ParseUnixRights(&msgs[0])
						ok(t, err)
						ok(t, unix.Close(fds[0]))
					}
				}
				_, err := unix.Write(a, []byte("x"))
				ok(t, err)
				expect("a byte, peeked at", unix.MSG_PEEK, carrier, 0)
				expect("a byte", 0, carrier, 0)
				n, err := unix.SendmsgN(a, []byte("x"), rights, nil, 0)
				if n != 1 || err != nil {
					t.Fatalf("%d, %v", n, err)
				}
				expect("a byte with rights", 0, carrier, unix.CmsgSpace(4))
				for _, send := range []func() (int, error){
					func() (int, error) { return unix.SendmsgN(a, nil, rights, nil, 0) },
					func() (int, error) { return unix.SendmsgN(a, []byte{}, rights, nil, 0) },
					func() (int, error) { return 0, unix.Sendmsg(a, nil, rights, nil, 0) },
					func() (int, error) { return unix.SendmsgBuffers(a, nil, rights, nil, 0) },
					func() (int, error) { return unix.SendmsgBuffers(a, [][]byte{{}, nil}, rights, nil, 0) },
				} {
					n, err := send()
					if n != 0 || err != nil {
						t.Errorf("sent %d, %v", n, err)
					}
					expect("rights", 0, carrier, unix.CmsgSpace(4))
				}
				if n, err := unix.SendmsgN(a, nil, nil, nil, 0); n != 0 || err != nil {
					t.Errorf("sent %d, %v", n, err)
				}
				n, oobn, err := receive(b, oob, unix.MSG_DONTWAIT)
				if typ == unix.SOCK_STREAM { // nothing was sent
					fails(t, err, unix.EAGAIN)
				} else if n != 0 || oobn != 0 || err != nil {
					t.Errorf("nothing at all: %d, %d, %v", n, oobn, err)
				}
				if typ != unix.SOCK_DGRAM {
					ok(t, unix.Shutdown(a, unix.SHUT_WR))
					expect("the end", 0, 0, 0)
				}
				_, _, err = receive(closed, oob, 0)
				fails(t, err, unix.EBADF)
			})
		}
	}
}
