package unix

// PtraceAttach is ptrace(2) with PT_ATTACH.
func PtraceAttach(pid int) (err error) { return ptrace(PT_ATTACH, pid, 0, 0) }

// PtraceDetach is ptrace(2) with PT_DETACH.
func PtraceDetach(pid int) (err error) { return ptrace(PT_DETACH, pid, 0, 0) }

// PtraceDenyAttach is ptrace(2) with PT_DENY_ATTACH: nobody may trace the process.
func PtraceDenyAttach() (err error) { return ptrace(PT_DENY_ATTACH, 0, 0, 0) }
