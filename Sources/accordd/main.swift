// Closures made in top-level code belong to the main actor and trap on any other queue, so there is nothing here but a
// call into a function that belongs to none (reliability.md F11).
runAccordd()
