extension CaseworkState {
    /// Everything that the daemon itself records with an event that the state has followed, in the same batch: the notices of a
    /// purge, and what a link says in the other case.
    package func consequences(after event: Event) -> [Decision] {
        switch event.body {
        case .removal: notices(after: event)
        case .caseLink(let number, _): links(after: event, number)
        default: []
        }
    }
}
