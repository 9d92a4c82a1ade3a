import { ClientCommand } from '../src/cli/client-command.js';
import { notServing, troubleOf } from '../src/cli/status-view.js';

export default class Health extends ClientCommand<typeof Health> {
  static override summary = 'say whether every shard takes writes and answers reads';
  static override description =
    'Sends a linearizable write and read through every shard. Exit 5: one does not serve.';
  static override examples = ['<%= config.bin %> health || <%= config.bin %> status'];

  async run(): Promise<void> {
    const { health, reason, serving } = await this.withClient(async (client) => {
      const status = await client.admin.status();
      const trouble = troubleOf(status);
      if (notServing(status).length > 0) {
        return { health: 'unavailable', reason: trouble, serving: false };
      }
      await client.admin.probe();
      return { health: status.cluster.health, reason: trouble, serving: true };
    });
    if (!serving) this.exitWith(5);
    await this.print(
      { health, reason },
      { text: () => (reason === null ? health : `${health}: ${reason}`) },
    );
  }
}
