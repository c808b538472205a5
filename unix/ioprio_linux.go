package unix

// IoprioValue is a priority for [IoprioSet]: an IOPRIO_CLASS_…, a level from 0, the highest, to IOPRIO_NR_LEVELS-1,
// and an IOPRIO_HINT_…, Linux 6.5.
func IoprioValue(class, level, hint int) int {
	return (class&IOPRIO_CLASS_MASK)<<IOPRIO_CLASS_SHIFT | (hint&IOPRIO_HINT_MASK)<<IOPRIO_HINT_SHIFT |
		level&IOPRIO_LEVEL_MASK
}
