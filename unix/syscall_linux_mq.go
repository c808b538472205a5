//go:build linux

// POSIX message queues; see mq_overview(7).

package unix

//sys	mqGetsetattr(mqd int, attr *MqAttr, old *MqAttr) (err error) = SYS_MQ_GETSETATTR
//sys	mqNotify(mqd int, event *Sigevent) (err error) = SYS_MQ_NOTIFY
//sys	mqOpen(name string, flags int, mode uint32, attr *MqAttr) (mqd int, err error) = SYS_MQ_OPEN
//sys	mqUnlink(name string) (err error) = SYS_MQ_UNLINK
