import Glibc
import Runner

exit(Program(Console()).run(Array(CommandLine.arguments.dropFirst())).rawValue)
