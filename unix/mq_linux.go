package unix

import (
	"runtime"
	"unsafe"
)

// MqOpen is mq_open(3): a descriptor of the message queue name, which begins with a slash and has no other. With
// O_CREAT, mode is the permissions of a new queue and attr, which may be nil, its Maxmsg and Msgsize.
func MqOpen(name string, flags int, mode uint32, attr *MqAttr) (mqd int, err error) {
	p, err := mqName(name)
	if err != nil {
		return -1, err
	}
	return mqOpen(p, flags, mode, attr)
}

// MqUnlink is mq_unlink(3): the name goes at once, the queue with its last descriptor.
func MqUnlink(name string) error {
	p, err := mqName(name)
	if err != nil {
		return err
	}
	return mqUnlink(p)
}

// mqName returns what is behind the slash of a name: the calls themselves have none. Emulators look for it before.
func mqName(name string) (*byte, error) {
	if name == "" || name[0] != '/' {
		return nil, EINVAL
	}
	b, err := ByteSliceFromString(name)
	if err != nil {
		return nil, err
	}
	return &b[1], nil
}

// MqGetsetattr is mq_getsetattr(2): attr, if not nil, sets O_NONBLOCK by its Flags; old, if not nil, is what there
// was.
func MqGetsetattr(mqd int, attr, old *MqAttr) error { return mqGetsetattr(mqd, attr, old) }

// MqNotify is mq_notify(2): event says how the process hears of a message that comes to the empty queue, once;
// nil takes that back. For SIGEV_THREAD there is [MqNotifySocket].
func MqNotify(mqd int, event *Sigevent) error { return mqNotify(mqd, event) }

// MqNotifySocket is mq_notify(2) with SIGEV_THREAD: the cookie can be read from sock, a netlink socket, when a
// message comes to the empty queue, with NOTIFY_WOKENUP as its last byte, and NOTIFY_REMOVED when that is taken back.
func MqNotifySocket(mqd, sock int, cookie *[NOTIFY_COOKIE_LEN]byte) error {
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(cookie)
	return mqNotify(mqd, &Sigevent{Notify: SIGEV_THREAD, Signo: int32(sock), Value: uintptr(unsafe.Pointer(cookie))})
}
