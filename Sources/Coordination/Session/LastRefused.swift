import Casework
import Policy

/// What was refused to a member last, for whoever asks why.
enum LastRefused: Sendable {
    /// An act: it is judged anew, as it would be now.
    case act(Command)
    /// A method that was asked in a form that no act has.
    case form(String, Refusal)
}
