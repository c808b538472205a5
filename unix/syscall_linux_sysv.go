//go:build linux

// System V message queues and semaphores; see sysvipc(7).

package unix

//sysnb	msgctl(id int, cmd int, arg unsafe.Pointer) (result int, err error)
// Msgget is msgget(2): the id of the message queue of a key.
// On 386, mips, mipsle, ppc, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
//sysnb	Msgget(key int, flags int) (id int, err error)
//sys	msgrcv(id int, msg *byte, size int, typ int, flags int) (n int, err error)
//sys	msgsnd(id int, msg *byte, size int, flags int) (err error)
//sysnb	semctl(id int, num int, cmd int, arg uintptr) (result int, err error)
//sysnb	semctlPtr(id int, num int, cmd int, arg unsafe.Pointer) (result int, err error) = SYS_SEMCTL
// Semget is semget(2): the id of the set of semaphores of a key, of nsems of them if it is made.
// On 386, mips, mipsle, ppc, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
//sysnb	Semget(key int, nsems int, flags int) (id int, err error)
