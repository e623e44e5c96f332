import AccordInterface
import Casework
import Testing
import Varlink

/// The tables of workflows and the texts of their interfaces say the same.
struct WorkInterfaceTests {
    @Test(arguments: Workflows.all.map(\.name))
    func `the methods of a workflow are its steps, and their parameters its fields`(_ name: String) throws {
        let workflow = try #require(Workflows.named(name))
        let definition = try #require(
            try Interfaces.texts.map { try InterfaceDefinition($0) }.first { $0.name == workflow.interface }
        )
        // Those without a method the daemon takes by itself.
        let steps = workflow.steps.filter { !$0.method.isEmpty }
        #expect(Set(definition.methods.map(\.name)) == Set(steps.map(\.method)))
        for step in steps {
            let method = try #require(definition.methods.first { $0.name == step.method })
            let named = step.makesItem ? ["case"] : ["case", "item"]
            #expect(method.input.map(\.name) == named + step.fields.map(\.name) + ["context"], "\(step.method)")
            for field in step.fields {
                let type = try #require(method.input.first { $0.name == field.name }?.type)
                var isOptional = false
                if case .optional = type { isOptional = true }
                #expect(isOptional == !field.isRequired, "\(step.method).\(field.name)")
            }
            #expect(method.output.map(\.type) == [.named("Receipt")])
        }
    }
}
