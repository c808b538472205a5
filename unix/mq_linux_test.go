package unix_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"kern.sys/unix"
)

// openedMq returns a new queue for two messages of 16 bytes, and its name.
func openedMq(t *testing.T) (mqd int, name string) {
	t.Helper()
	name = fmt.Sprintf("/kern-%d-%s", os.Getpid(), t.Name())
	mqd, err := unix.MqOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600,
		&unix.MqAttr{Maxmsg: 2, Msgsize: 16})
	need(t, "POSIX message queues", "2.6.6", err)
	t.Cleanup(func() {
		_, _ = unix.MqUnlink(name), unix.Close(mqd)
	})
	return mqd, name
}

func TestMqMessages(t *testing.T) {
	mqd, _ := openedMq(t)
	ok(t, unix.MqTimedsend(mqd, []byte("low"), 1, nil))
	ok(t, unix.MqTimedsend(mqd, []byte("high"), 7, nil))
	past := &unix.KernelTimespec{Sec: 1}
	fails(t, unix.MqTimedsend(mqd, []byte("full"), 1, past), unix.ETIMEDOUT)
	fails(t, unix.MqTimedsend(mqd, make([]byte, 17), 1, past), unix.EMSGSIZE)
	fails(t, unix.MqTimedsend(mqd, nil, unix.MQ_PRIO_MAX, past), unix.EINVAL)
	buf := make([]byte, 16)
	_, err := unix.MqTimedreceive(mqd, buf[:15], nil, nil)
	fails(t, err, unix.EMSGSIZE)
	for _, want := range []struct {
		text string
		prio uint32
	}{{"high", 7}, {"low", 1}} {
		var prio uint32
		n, err := unix.MqTimedreceive(mqd, buf, &prio, nil)
		ok(t, err)
		if string(buf[:n]) != want.text || prio != want.prio {
			t.Errorf("%q of priority %d, want %v", buf[:n], prio, want)
		}
	}
	began := time.Now()
	soon := began.Add(5 * time.Millisecond)
	_, err = unix.MqTimedreceive(mqd, buf, nil, &unix.KernelTimespec{Sec: soon.Unix(), Nsec: int64(soon.Nanosecond())})
	fails(t, err, unix.ETIMEDOUT)
	if time.Since(began) < 4*time.Millisecond {
		t.Errorf("the deadline came after %v", time.Since(began))
	}
	// A deadline that 32 bits do not hold is in the future, so a message that is there is received.
	ok(t, unix.MqTimedsend(mqd, nil, 0, &unix.KernelTimespec{Sec: 1 << 33}))
	n, err := unix.MqTimedreceive(mqd, buf, nil, &unix.KernelTimespec{Sec: 1 << 33})
	if n != 0 || err != nil {
		t.Errorf("an empty message: %d, %v", n, err)
	}
	_, err = unix.MqTimedreceive(closed, buf, nil, nil)
	fails(t, err, unix.EBADF)
}

func TestMqAttributes(t *testing.T) {
	mqd, name := openedMq(t)
	var attr, old unix.MqAttr
	ok(t, unix.MqGetsetattr(mqd, nil, &attr))
	if attr.Maxmsg != 2 || attr.Msgsize != 16 || attr.Flags != 0 || attr.Curmsgs != 0 {
		t.Errorf("%+v", attr)
	}
	ok(t, unix.MqTimedsend(mqd, []byte("x"), 0, nil))
	if emulated() && unix.O_NONBLOCK != 0x800 {
		onKernel(t, "flags of queues that are not the host's")
	}
	ok(t, unix.MqGetsetattr(mqd, &unix.MqAttr{Flags: unix.O_NONBLOCK}, &old))
	if old.Curmsgs != 1 {
		t.Errorf("%+v", old)
	}
	buf := make([]byte, 16)
	if n, err := unix.MqTimedreceive(mqd, buf, nil, nil); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	_, err := unix.MqTimedreceive(mqd, buf, nil, nil)
	fails(t, err, unix.EAGAIN)
	fails(t, unix.MqGetsetattr(mqd, &unix.MqAttr{Flags: unix.O_APPEND}, nil), unix.EINVAL)

	_, err = unix.MqOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600, nil)
	fails(t, err, unix.EEXIST)
	ok(t, unix.MqUnlink(name))
	fails(t, unix.MqUnlink(name), unix.ENOENT)
	_, err = unix.MqOpen(name, unix.O_RDONLY, 0, nil)
	fails(t, err, unix.ENOENT)
	for _, bad := range []string{"", "name", "/a\x00b"} {
		_, err := unix.MqOpen(bad, unix.O_RDONLY, 0, nil)
		fails(t, err, unix.EINVAL)
		fails(t, unix.MqUnlink(bad), unix.EINVAL)
	}
}

func TestMqNotify(t *testing.T) {
	onKernel(t, "mq_notify")
	mqd, _ := openedMq(t)
	ok(t, unix.MqNotify(mqd, &unix.Sigevent{Notify: unix.SIGEV_NONE}))
	fails(t, unix.MqNotify(mqd, &unix.Sigevent{Notify: unix.SIGEV_NONE}), unix.EBUSY)
	ok(t, unix.MqNotify(mqd, nil))
	fails(t, unix.MqNotify(mqd, &unix.Sigevent{Notify: 99}), unix.EINVAL)

	sock := socket(t, unix.AF_NETLINK, unix.SOCK_RAW, 0)
	var cookie [unix.NOTIFY_COOKIE_LEN]byte
	copy(cookie[:], "of the test")
	ok(t, unix.MqNotifySocket(mqd, sock, &cookie))
	ok(t, unix.MqTimedsend(mqd, []byte("x"), 0, nil))
	buf := make([]byte, 64)
	n, _, err := unix.Recvfrom(sock, buf, 0)
	ok(t, err)
	if n != len(cookie) || !bytes.HasPrefix(buf, cookie[:len(cookie)-1]) || buf[n-1] != unix.NOTIFY_WOKENUP {
		t.Errorf("%q", buf[:n])
	}
	fails(t, unix.MqNotifySocket(mqd, mqd, &cookie), unix.ENOTSOCK)
}
