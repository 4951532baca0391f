package bot

// allowance is what Slack allows an app in a workspace, and what is known of the
// people there: whatever shops the app serves.
type allowance struct {
	pacer  pacer
	edits  editBudget
	homes  slots
	people people
}
