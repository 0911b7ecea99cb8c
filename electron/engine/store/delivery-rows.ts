import type { Database } from 'better-sqlite3';
import type { AlertNotice, Delivery } from '../../../shared/domain/alerts.ts';
import type { Queries } from './reader-protocol.ts';
import { prepareInsert } from './sql.ts';

interface DeliveryRow {
  delivery: string;
  notices: string;
}

/** Prepares what writes notifications: new with what they tell, and how they fare. */
export function prepareDeliverySaves(database: Database) {
  const insert = prepareInsert(database, 'deliveries', ['id', 'status', 'created_at', 'delivery', 'notices']);
  const update = database.prepare<[string, string, number]>(
    'UPDATE deliveries SET status = ?, delivery = ? WHERE id = ?',
  );
  return {
    add(delivery: Delivery, notices: readonly AlertNotice[]): void {
      const { id, status, created_at: createdAt } = delivery;
      insert.run({
        id,
        status,
        created_at: createdAt,
        delivery: JSON.stringify(delivery),
        notices: JSON.stringify(notices),
      });
    },
    save(delivery: Delivery): void {
      update.run(delivery.status, JSON.stringify(delivery), delivery.id);
    },
  };
}

/** Notifications that had not arrived when the engine stopped, oldest first. */
export function restoreDeliveries(database: Database): { delivery: Delivery; notices: AlertNotice[] }[] {
  return database
    .prepare<[], DeliveryRow>(`SELECT delivery, notices FROM deliveries WHERE status = 'waiting' ORDER BY id`)
    .all()
    .map(({ delivery, notices }) => ({
      delivery: JSON.parse(delivery) as Delivery,
      notices: JSON.parse(notices) as AlertNotice[],
    }));
}

/** Answers the notifications, newest first. */
export function prepareDeliveryQueries(database: Database): Pick<Queries, 'deliveries'> {
  const list = database.prepare<[number], Pick<DeliveryRow, 'delivery'>>(
    'SELECT delivery FROM deliveries ORDER BY id DESC LIMIT ?',
  );
  return { deliveries: (limit) => list.all(limit).map(({ delivery }) => JSON.parse(delivery) as Delivery) };
}
