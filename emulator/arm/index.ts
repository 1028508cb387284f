export { armService } from "./service";
