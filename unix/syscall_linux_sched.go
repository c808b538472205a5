//go:build linux

// How and as what processes run; see sched(7).

package unix

//sys	execveat(dirfd int, path *byte, argv **byte, envv **byte, flags int) (err error)
//sysnb	getcpu(cpu *uint32, node *uint32, unused uintptr) (err error)
// IoprioGet is ioprio_get(2): the I/O class and priority of the thread, process group or user (which is IOPRIO_WHO_…)
// who, 0 for the caller's, as [IoprioValue] makes them; the highest of several.
//sysnb	IoprioGet(which int, who int) (prio int, err error)
// IoprioSet is ioprio_set(2): it sets what [IoprioGet] returns. IOPRIO_CLASS_RT takes CAP_SYS_ADMIN or CAP_SYS_NICE.
//sysnb	IoprioSet(which int, who int, prio int) (err error)
// Personality is personality(2): the execution domain (PER_…) of the calling thread, with ADDR_… and other flags;
// 0xffffffff just asks. old is the one before. Go's runtime expects that addresses stay as they are: it is of use
// before execve(2), for what is executed.
//sysnb	Personality(persona uint32) (old int, err error)
// SchedGetparam is sched_getparam(2): the static priority of the thread pid, or of the calling one for 0.
//sysnb	SchedGetparam(pid int, param *SchedParam) (err error)
// SchedGetscheduler is sched_getscheduler(2): the policy (SCHED_…) of the thread pid, or of the calling one for 0,
// with SCHED_RESET_ON_FORK if it has that.
//sysnb	SchedGetscheduler(pid int) (policy int, err error)
// SchedGetPriorityMax is sched_get_priority_max(2): the highest static priority of a policy.
//sysnb	SchedGetPriorityMax(policy int) (prio int, err error)
// SchedGetPriorityMin is sched_get_priority_min(2): the lowest static priority of a policy.
//sysnb	SchedGetPriorityMin(policy int) (prio int, err error)
// SchedSetparam is sched_setparam(2): it sets what [SchedGetparam] returns.
//sysnb	SchedSetparam(pid int, param *SchedParam) (err error)
// SchedSetscheduler is sched_setscheduler(2): it sets the policy (SCHED_…) and static priority of the thread pid, or
// of the calling one for 0. A goroutine must be locked to its thread for that to be its own.
//sysnb	SchedSetscheduler(pid int, policy int, param *SchedParam) (err error)
// SchedYield is sched_yield(2): it lets another thread run. What lets another goroutine run is runtime.Gosched.
//sys	SchedYield() (err error)
//sysnb	timerCreate(clockid int32, event *Sigevent, id *int32) (err error) = SYS_TIMER_CREATE
// TimerDelete is timer_delete(2).
//sysnb	TimerDelete(id int32) (err error)
// TimerGetoverrun is timer_getoverrun(2): how often a timer expired from when its signal was queued until it was
// delivered.
//sysnb	TimerGetoverrun(id int32) (n int, err error)
